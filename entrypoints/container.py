"""The wiring of the product: its capabilities, and the protocols that offer them, over a set of adapters."""

from socket import gethostname
from time import monotonic
from typing import TYPE_CHECKING

from dependency_injector import providers

from adapters.http.app import HttpOptions, HttpParts, build_app
from adapters.http.runner import HttpRunner
from adapters.observability.alarms import AlarmHandler
from adapters.observability.discretion import hider
from adapters.observability.endpoint import SightEndpoint
from adapters.observability.jobs import ObservedLanes
from adapters.observability.logs import on_loop_failure
from adapters.observability.logs import set_up as set_up_logs
from adapters.observability.outages import OutageWatch
from adapters.observability.questions import QuestionWatch
from adapters.observability.requests import observe_requests, scrape
from adapters.postgres.dsn import read_dsn
from adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from adapters.postgres.migrations import MigrationFailed, migrate_down, migrate_up
from adapters.postgres.migrations import status as migration_status
from adapters.taskiq.worker import TaskiqWorker
from adapters.websocket.description import asyncapi
from adapters.websocket.dispatch import Capabilities, Dispatch
from adapters.websocket.endpoint import Endpoint, SocketOptions
from adapters.websocket.hub import Hub
from adapters.websocket.tally import Tally
from application.health import Health
from application.limits import RateLimit
from application.ports.clock import Clock
from application.throttle import Rates, Throttle
from entrypoints.adapters import InMemoryAdapters, LiveAdapters, plain
from entrypoints.beyond_talk import BeyondTalk
from entrypoints.settings import Settings
from entrypoints.talking import Talking
from entrypoints.teammate import Teammate

if TYPE_CHECKING:
    from adapters.observability.traces import OtlpTraces

__all__ = [
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "HttpRunner",
    "InMemoryAdapters",
    "LiveAdapters",
    "MigrationFailed",
    "Product",
    "asyncapi",
    "migrate_down",
    "migrate_up",
    "migration_status",
    "observe_requests",
    "on_loop_failure",
    "open_traces",
    "read_dsn",
    "set_up_logs",
]


def open_traces(endpoint: str, clock: Clock) -> "OtlpTraces":
    """Traces to the collector at this address."""
    from adapters.observability.traces import OtlpTraces  # noqa: PLC0415 - its library is there only where it is used

    return OtlpTraces(endpoint, gethostname(), clock)


def _rates(settings: Settings) -> Rates | None:
    if settings.rate_limits == "off":
        return None
    return Rates(
        sign_ins=RateLimit(*settings.rate_sign_ins),
        sends=RateLimit(*settings.rate_sends),
        questions=RateLimit(*settings.rate_questions),
        calls=RateLimit(*settings.rate_calls),
        calls_from_address=RateLimit(*settings.rate_address),
        passwords=RateLimit(*settings.rate_passwords),
        mails=RateLimit(*settings.rate_mails),
        hooks=RateLimit(*settings.rate_hooks),
    )


class Product(Teammate):
    """The capabilities, and the protocols that offer them, over one set of adapters."""

    settings = BeyondTalk.settings
    adapters = BeyondTalk.adapters
    secret = providers.Dependency(instance_of=str)

    observed_lanes = providers.Singleton(ObservedLanes, Teammate.lanes.provided.work, adapters.metrics)
    worker = providers.Singleton(
        TaskiqWorker,
        adapters.broker,
        observed_lanes.provided.work,
        adapters.jobs,
        settings.provided.answers_at_once,
    )
    questions = providers.Singleton(
        QuestionWatch, Teammate.backlog.provided.depth, adapters.clock, providers.Object(monotonic)
    )
    throttle = providers.Singleton(Throttle, adapters.rate_limits, providers.Callable(_rates, settings))
    health = providers.Singleton(Health, providers.List(adapters.database_probe, adapters.redis_probe))

    outages = providers.Singleton(
        OutageWatch, health.provided.check, adapters.clock, patience=settings.provided.alert_after
    )
    alarm_handler = providers.Singleton(
        AlarmHandler,
        adapters.alarms.provided.sound,
        adapters.metrics,
        providers.Singleton(hider, settings.provided.secrets),
    )
    show_metrics = providers.Singleton(
        scrape, adapters.metrics, providers.Callable(plain, settings.provided.metrics_token)
    )
    sight = providers.Singleton(SightEndpoint, show_metrics, health)

    hub = providers.Singleton(
        Hub,
        adapters.bus,
        Talking.streams,
        adapters.encoder,
        adapters.clock,
        providers.Singleton(Tally, fanned_out=adapters.metrics.provided.fanned_out),
        may_stay=Talking.accounts.provided.may_stay,
        dropped=Talking.calls.provided.dropped,
    )
    dispatch = providers.Singleton(
        Dispatch,
        providers.Singleton(
            Capabilities,
            Talking.rooms,
            Talking.messages,
            Talking.attaching,
            Talking.reacting,
            Talking.pins,
            Teammate.asking,
            BeyondTalk.catching_up,
            Teammate.quotas,
            Talking.calls,
            Talking.reading,
            Talking.roles,
            Talking.typing,
        ),
        hub,
        throttle,
        sends_ahead=settings.provided.sends_ahead,
    )
    app = providers.Singleton(
        build_app,
        providers.Singleton(
            HttpParts,
            accounts=Talking.accounts,
            doors=Talking.doors,
            rooms=Talking.rooms,
            messages=Talking.messages,
            ledger=BeyondTalk.ledger,
            attaching=Talking.attaching,
            bots=Talking.bots,
            files=BeyondTalk.files,
            minutes=BeyondTalk.minutes,
            speech=Talking.speech,
            recordings=BeyondTalk.recordings,
            catching_up=BeyondTalk.catching_up,
            cards=BeyondTalk.cards,
            ideas=BeyondTalk.ideas,
            knowledge=BeyondTalk.knowledge,
            holidays=BeyondTalk.holidays,
            mentioning=Talking.mentioning,
            incoming_hooks=Talking.incoming_hooks,
            outgoing_hooks=Talking.outgoing_hooks,
            calls=Talking.calls,
            ice_servers=Talking.ice_servers,
            reacting=Talking.reacting,
            pins=Talking.pins,
            reading=Talking.reading,
            roles=Talking.roles,
            asking=Teammate.asking,
            jobs=Teammate.followed_jobs,
            quotas=Teammate.quotas,
            search=Talking.search,
            news=BeyondTalk.news,
            calendar=BeyondTalk.calendar,
            calendar_feeds=BeyondTalk.calendar_feeds,
            calendar_import=BeyondTalk.calendar_import,
            translation=BeyondTalk.translation,
            room_translation=BeyondTalk.room_translation,
            health=health,
            clock=adapters.clock,
            ids=adapters.ids,
            claims_of=adapters.tokens.provided.claims_of,
            throttle=throttle,
        ),
        providers.Singleton(
            HttpOptions,
            jwt_secret=secret,
            production=settings.provided.production,
            dev_auth=settings.provided.dev_auth,
            cors_origins=settings.provided.cors_origins,
            body_limit=settings.provided.body_bytes,
            speech_limit=settings.provided.speech_bytes,
            calendar_import_limit=settings.provided.calendar_import_bytes,
            proxies=settings.provided.proxies,
        ),
    )
    endpoint = providers.Singleton(
        Endpoint,
        accounts=Talking.accounts,
        presence=Talking.presence,
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
    """The product all in memory, whatever else is set."""
    settings = settings.model_copy(update={"redis_url": None})
    adapters = InMemoryAdapters(settings=settings, secret=secret)
    return Product(settings=settings, secret=secret, adapters=adapters)


def live(settings: Settings, secret: str, database_url: str) -> Product:
    """The product over PostgreSQL."""
    adapters = LiveAdapters(settings=settings, secret=secret, database_url=database_url)
    return Product(settings=settings, secret=secret, adapters=adapters)
