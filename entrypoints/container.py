"""The wiring of the product: its capabilities, and the protocols that offer them, over a set of adapters."""

from datetime import timedelta
from socket import gethostname
from time import monotonic
from typing import TYPE_CHECKING

from dependency_injector import providers

from adapters.http.app import HttpOptions, HttpParts, build_app
from adapters.http.runner import HttpRunner
from adapters.observability.alarms import AlarmHandler
from adapters.observability.chat_model import MeasuredChatModel
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
from adapters.websocket.dispatch import Capabilities, Dispatch
from adapters.websocket.endpoint import Endpoint, SocketOptions
from adapters.websocket.hub import Hub
from adapters.websocket.tally import Tally
from application.accounts import Accounts
from application.calls import Calls
from application.catching_up import KIND as CATCH_UP
from application.doors import Hinges, doors_on
from application.embedding import Embedding, EmbeddingPace
from application.health import Health
from application.indexing import TextIndexing
from application.jarvis.answer import Answering
from application.jarvis.ask import Asking
from application.jarvis.backlog import Backlog
from application.jobs import JobHandler, Jobs, Working
from application.lanes import Lanes
from application.limits import AnswerPace, Limits, RateLimit
from application.meanings import Meanings
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import KIND as MINUTES
from application.pins import Pins
from application.ports.clock import Clock
from application.presence import Presence
from application.reactions import Reacting
from application.reading import Reading
from application.recovery import RESET_MAIL
from application.registration import REGISTRATION_MAIL, Policy
from application.roles import Roles
from application.rooms import Rooms
from application.search import Search
from application.speech import Speech
from application.streams import RoomStreams
from application.throttle import Rates, Throttle
from entrypoints.adapters import InMemoryAdapters, LiveAdapters, plain
from entrypoints.beyond_talk import BeyondTalk
from entrypoints.settings import Settings

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
    )


class Product(BeyondTalk):
    """The capabilities, and the protocols that offer them, over one set of adapters."""

    settings = BeyondTalk.settings
    adapters = BeyondTalk.adapters
    jobs = BeyondTalk.jobs
    calendar = BeyondTalk.calendar
    calendar_feeds = BeyondTalk.calendar_feeds
    calendar_import = BeyondTalk.calendar_import
    catching_up = BeyondTalk.catching_up
    holidays = BeyondTalk.holidays
    minutes = BeyondTalk.minutes
    news = BeyondTalk.news
    translation = BeyondTalk.translation
    room_translation = BeyondTalk.room_translation
    room_translating = BeyondTalk.room_translating
    secret = providers.Dependency(instance_of=str)

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
    doors = providers.Singleton(
        doors_on,
        providers.Singleton(
            Hinges,
            work=adapters.work,
            tokens=adapters.tokens,
            refresh_tokens=adapters.refresh_tokens,
            hasher=adapters.hasher,
            secrets=adapters.secrets,
            mailer=adapters.mailer,
            providers=adapters.identity_providers,
            queue=jobs,
            clock=adapters.clock,
            ids=adapters.ids,
        ),
        home=settings.provided.home,
        policy=providers.Callable(Policy, settings.provided.registration_policy),
        session_lasts=providers.Callable(timedelta, days=settings.provided.session_days),
    )
    rooms = providers.Singleton(Rooms, adapters.work, adapters.presence, adapters.clock, adapters.ids, limits)
    messages = providers.Singleton(
        Messages, adapters.work, adapters.message_log, jobs, adapters.clock, adapters.ids, limits
    )
    meanings = providers.Singleton(Meanings, adapters.work, adapters.embedder, adapters.clock)
    search = providers.Singleton(Search, adapters.work, meanings, adapters.clock)
    embedding = providers.Singleton(
        Embedding,
        adapters.work,
        meanings,
        adapters.clock,
        providers.Singleton(EmbeddingPace, batch=settings.provided.embedding_batch),
    )
    text_indexing = providers.Singleton(TextIndexing, adapters.work, adapters.clock)
    mentioning = providers.Singleton(Mentioning, adapters.work)
    reacting = providers.Singleton(Reacting, adapters.work, adapters.emoji)
    pins = providers.Singleton(Pins, adapters.work, adapters.clock)
    reading = providers.Singleton(Reading, adapters.work)
    roles = providers.Singleton(Roles, adapters.work)
    presence = providers.Singleton(Presence, adapters.work, adapters.presence, adapters.clock)
    calls = providers.Singleton(Calls, adapters.publication)
    streams = providers.Singleton(RoomStreams, adapters.work, adapters.partial_answers, limits)
    asking = providers.Singleton(Asking, adapters.work, jobs, adapters.clock, adapters.ids, limits)
    pace = providers.Singleton(
        AnswerPace,
        lease=providers.Callable(timedelta, seconds=settings.provided.answer_lease),
        talk=settings.provided.answer_talk,
        attempts=settings.provided.answer_attempts,
        first_pause=providers.Callable(timedelta, seconds=settings.provided.answer_pause),
    )
    answering = providers.Singleton(
        Answering,
        work=adapters.work,
        model=providers.Singleton(MeasuredChatModel, adapters.model, adapters.metrics),
        partial_answers=adapters.partial_answers,
        publication=adapters.publication,
        jobs=adapters.jobs,
        clock=adapters.clock,
        ids=adapters.ids,
        pace=pace,
    )
    speech = providers.Singleton(
        Speech,
        adapters.work,
        messages,
        adapters.sounds,
        adapters.transcriber,
        largest=settings.provided.speech_bytes,
    )
    job_handlers: providers.Provider[dict[str, JobHandler]] = providers.Dict(
        {
            RESET_MAIL: doors.provided.recovery.send,
            REGISTRATION_MAIL: doors.provided.registration.send,
            MINUTES: minutes.provided.write,
            CATCH_UP: catching_up.provided.tell,
        }
    )
    followed_jobs = providers.Singleton(Jobs, adapters.work, adapters.clock)
    working = providers.Singleton(
        Working,
        work=adapters.work,
        queue=adapters.jobs,
        publication=adapters.publication,
        clock=adapters.clock,
        pace=pace,
        handlers=job_handlers,
    )
    lanes = providers.Singleton(Lanes, answer=answering.provided.answer, run=working.provided.run)
    observed_lanes = providers.Singleton(ObservedLanes, lanes.provided.work, adapters.metrics)
    worker = providers.Singleton(
        TaskiqWorker,
        adapters.broker,
        observed_lanes.provided.work,
        adapters.jobs,
        settings.provided.answers_at_once,
    )
    backlog = providers.Singleton(Backlog, adapters.work, jobs)
    questions = providers.Singleton(QuestionWatch, backlog.provided.depth, adapters.clock, providers.Object(monotonic))
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
        streams,
        adapters.encoder,
        adapters.clock,
        providers.Singleton(Tally, fanned_out=adapters.metrics.provided.fanned_out),
        may_stay=accounts.provided.may_stay,
    )
    dispatch = providers.Singleton(
        Dispatch,
        providers.Singleton(Capabilities, rooms, messages, reacting, pins, asking, calls, reading, roles),
        hub,
        throttle,
        sends_ahead=settings.provided.sends_ahead,
    )
    app = providers.Singleton(
        build_app,
        providers.Singleton(
            HttpParts,
            accounts=accounts,
            doors=doors,
            rooms=rooms,
            messages=messages,
            minutes=minutes,
            speech=speech,
            catching_up=catching_up,
            holidays=holidays,
            mentioning=mentioning,
            reacting=reacting,
            pins=pins,
            reading=reading,
            roles=roles,
            asking=asking,
            jobs=followed_jobs,
            search=search,
            news=news,
            calendar=calendar,
            calendar_feeds=calendar_feeds,
            calendar_import=calendar_import,
            translation=translation,
            room_translation=room_translation,
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
    """The product all in memory, whatever else is set."""
    settings = settings.model_copy(update={"redis_url": None})
    adapters = InMemoryAdapters(settings=settings, secret=secret)
    return Product(settings=settings, secret=secret, adapters=adapters)


def live(settings: Settings, secret: str, database_url: str) -> Product:
    """The product over PostgreSQL."""
    adapters = LiveAdapters(settings=settings, secret=secret, database_url=database_url)
    return Product(settings=settings, secret=secret, adapters=adapters)
