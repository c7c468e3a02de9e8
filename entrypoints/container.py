"""The wiring: two sets of adapters with the same names, live and in-memory, and the product that stands on either."""

from datetime import timedelta

from dependency_injector import containers, providers

from adapters.http.app import HttpOptions, HttpParts, build_app
from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.health import InMemoryHealthProbe
from adapters.memory.jobs import InMemoryJobQueue
from adapters.memory.message_log import InMemoryMessageLog
from adapters.memory.partial_answers import InMemoryPartialAnswers
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from adapters.memory.store import InMemoryStore
from adapters.memory.unit_of_work import InMemoryWork
from adapters.mock.chat_model import MockChatModel
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.dsn import read_dsn
from adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from adapters.postgres.health import PostgresHealthProbe
from adapters.postgres.message_log import PostgresMessageLog
from adapters.postgres.migrations import MigrationFailed, migrate_down, migrate_up
from adapters.postgres.migrations import status as migration_status
from adapters.postgres.revoked_tokens import PostgresRevokedTokens
from adapters.postgres.unit_of_work import PostgresWork
from adapters.security.tokens import JwtTokens
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from adapters.websocket.dispatch import Capabilities, Dispatch
from adapters.websocket.endpoint import Endpoint, SocketOptions
from adapters.websocket.hub import Hub
from adapters.wire.encoder import WireEncoder
from application.accounts import Accounts
from application.calls import Calls
from application.health import Health
from application.jarvis.answer import Answering
from application.jarvis.ask import Asking
from application.limits import AnswerPace, Limits
from application.messages import Messages
from application.presence import Presence
from application.publication import Publication
from application.rooms import Rooms
from application.streams import RoomStreams
from entrypoints.settings import Settings

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "InMemoryAdapters",
    "LiveAdapters",
    "MigrationFailed",
    "Product",
    "migrate_down",
    "migrate_up",
    "migration_status",
    "read_dsn",
]


class _Adapters(containers.DeclarativeContainer):
    """What both sets have in common."""

    settings = providers.Dependency(instance_of=Settings)
    secret = providers.Dependency(instance_of=str)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(Uuid7Source)
    encoder = providers.Singleton(WireEncoder)
    bus = providers.Singleton(InMemoryEventBus)
    publication = providers.Singleton(Publication, encoder, bus)
    presence = providers.Singleton(InMemoryPresenceBoard)
    partial_answers = providers.Singleton(InMemoryPartialAnswers)
    jobs = providers.Singleton(InMemoryJobQueue, settings.provided.answers_at_once)
    model = providers.Singleton(MockChatModel, clock)
    tokens = providers.Singleton(
        JwtTokens, secret, clock, ids, providers.Callable(timedelta, days=settings.provided.token_days)
    )
    redis_probe = providers.Singleton(InMemoryHealthProbe, "redis")


class InMemoryAdapters(_Adapters):
    """Everything in this process, gone when it ends. ``starts`` are awaited in order, their ``ends`` in reverse."""

    store = providers.Singleton(InMemoryStore, _Adapters.clock)
    work = providers.Singleton(InMemoryWork, store, _Adapters.publication)
    message_log = providers.Singleton(InMemoryMessageLog, store, _Adapters.publication)
    revoked_tokens = providers.Singleton(InMemoryRevokedTokens, _Adapters.clock)
    database_probe = providers.Singleton(InMemoryHealthProbe, "database")
    starts = providers.List()
    ends = providers.List()


class LiveAdapters(_Adapters):
    """The store is PostgreSQL."""

    database_url = providers.Dependency(instance_of=str)

    database = providers.Singleton(
        PostgresDatabase,
        database_url,
        pool_min=_Adapters.settings.provided.pool_min,
        pool_max=_Adapters.settings.provided.pool_max,
        timeout_seconds=_Adapters.settings.provided.pool_timeout,
        statement_timeout_seconds=_Adapters.settings.provided.statement_timeout,
    )
    work = providers.Singleton(PostgresWork, database, _Adapters.publication)
    message_log = providers.Singleton(
        PostgresMessageLog, database, _Adapters.publication, batch_limit=_Adapters.settings.provided.batch
    )
    revoked_tokens = providers.Singleton(PostgresRevokedTokens, database)
    database_probe = providers.Singleton(PostgresHealthProbe, database)
    starts = providers.List(database.provided.open, message_log.provided.start)
    ends = providers.List(database.provided.close, message_log.provided.stop)


class Product(containers.DeclarativeContainer):
    """The capabilities, and the protocols that offer them, over one set of adapters."""

    settings = providers.Dependency(instance_of=Settings)
    secret = providers.Dependency(instance_of=str)
    adapters = providers.DependenciesContainer()

    limits = providers.Singleton(
        Limits,
        message_text=settings.provided.message_bytes,
        title=settings.provided.title_length,
        prompt=settings.provided.prompt_bytes,
        invited_at_once=settings.provided.invite_limit,
        replay_page=settings.provided.replay_page,
    )
    accounts = providers.Singleton(
        Accounts,
        work=adapters.work,
        tokens=adapters.tokens,
        revoked=adapters.revoked_tokens,
        presence=adapters.presence,
        publication=adapters.publication,
        clock=adapters.clock,
        ids=adapters.ids,
    )
    rooms = providers.Singleton(Rooms, adapters.work, adapters.presence, adapters.clock, adapters.ids, limits)
    messages = providers.Singleton(
        Messages, adapters.work, adapters.message_log, adapters.jobs, adapters.clock, adapters.ids, limits
    )
    presence = providers.Singleton(Presence, adapters.work, adapters.presence, adapters.clock)
    calls = providers.Singleton(Calls, adapters.publication)
    streams = providers.Singleton(RoomStreams, adapters.work, adapters.partial_answers, limits)
    asking = providers.Singleton(Asking, adapters.work, adapters.jobs, adapters.clock, adapters.ids, limits)
    answering = providers.Singleton(
        Answering,
        work=adapters.work,
        model=adapters.model,
        partial_answers=adapters.partial_answers,
        publication=adapters.publication,
        jobs=adapters.jobs,
        clock=adapters.clock,
        ids=adapters.ids,
        pace=providers.Singleton(
            AnswerPace,
            lease=providers.Callable(timedelta, seconds=settings.provided.answer_lease),
            talk=settings.provided.answer_talk,
            attempts=settings.provided.answer_attempts,
        ),
    )
    health = providers.Singleton(Health, providers.List(adapters.database_probe, adapters.redis_probe))

    hub = providers.Singleton(Hub, adapters.bus, streams, adapters.encoder, adapters.clock)
    dispatch = providers.Singleton(
        Dispatch,
        providers.Singleton(Capabilities, rooms, messages, asking, calls),
        hub,
        sends_ahead=settings.provided.sends_ahead,
    )
    app = providers.Singleton(
        build_app,
        providers.Singleton(
            HttpParts,
            accounts=accounts,
            rooms=rooms,
            messages=messages,
            health=health,
            clock=adapters.clock,
            ids=adapters.ids,
            claims_of=adapters.tokens.provided.claims_of,
        ),
        providers.Singleton(
            HttpOptions,
            jwt_secret=secret,
            production=settings.provided.production,
            dev_auth=settings.provided.dev_auth,
            cors_origins=settings.provided.cors_origins,
            body_limit=settings.provided.body_bytes,
        ),
    )
    endpoint = providers.Singleton(
        Endpoint,
        accounts=accounts,
        presence=presence,
        dispatch=dispatch,
        hub=hub,
        ids=adapters.ids,
        options=providers.Singleton(
            SocketOptions,
            frame=settings.provided.frame_bytes,
            frame_before_hello=settings.provided.hello_frame_bytes,
            buffer=settings.provided.socket_buffer_bytes,
            hello_within=settings.provided.hello_seconds,
        ),
    )


def in_memory(settings: Settings, secret: str) -> Product:
    """The product all in memory."""
    adapters = InMemoryAdapters(settings=settings, secret=secret)
    return Product(settings=settings, secret=secret, adapters=adapters)


def live(settings: Settings, secret: str, database_url: str) -> Product:
    """The product over PostgreSQL."""
    adapters = LiveAdapters(settings=settings, secret=secret, database_url=database_url)
    return Product(settings=settings, secret=secret, adapters=adapters)
