"""The two sets of adapters, with the same names: live and in-memory."""

from collections.abc import Sequence
from datetime import timedelta
from socket import gethostname

from dependency_injector import providers
from pydantic import SecretStr

from adapters.data_go_kr.holidays import DataGoKrHolidays
from adapters.emoji.catalogue import EmojiCatalogue
from adapters.holidays_library.calendar import LibraryHolidays
from adapters.ical.files import IcalFiles
from adapters.ical.recurrence import IcalRecurrence
from adapters.mail.smtp import mailer_at
from adapters.memory.blobs import InMemoryBlobs
from adapters.memory.cache import InMemoryCache
from adapters.memory.call_board import InMemoryCallBoard
from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.health import InMemoryHealthProbe
from adapters.memory.holiday_almanac import InMemoryHolidayAlmanac
from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.message_log import InMemoryMessageLog
from adapters.memory.partial_answers import InMemoryPartialAnswers
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.rate_limits import InMemoryRateLimits
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from adapters.memory.store import InMemoryStore
from adapters.memory.unit_of_work import InMemoryWork
from adapters.mock.translator import MockTranslator
from adapters.naver.news import NaverNews
from adapters.observability.alarms import Channel, PacedAlarms
from adapters.observability.mail import MailChannel
from adapters.observability.metrics import Metrics
from adapters.observability.slack import SlackChannel
from adapters.oidc.options import read_options
from adapters.oidc.providers import OidcProviders
from adapters.openai.translator import OpenAiTranslator
from adapters.outbound.addresses import Exceptions
from adapters.outbound.client import GuardedClient
from adapters.pages.previews import PagePreviews
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.health import PostgresHealthProbe
from adapters.postgres.holiday_almanac import PostgresHolidayAlmanac
from adapters.postgres.leadership import PostgresLeadership
from adapters.postgres.message_log import PostgresMessageLog
from adapters.postgres.revoked_tokens import PostgresRevokedTokens
from adapters.postgres.unit_of_work import PostgresWork
from adapters.purgatory.calls import SteadyHolidays, SteadyNews, SteadyTranslator
from adapters.pydantic.arguments import PydanticArgumentReader
from adapters.redis.cache import RedisCache
from adapters.redis.call_board import RedisCallBoard
from adapters.redis.database import RedisDatabase
from adapters.redis.event_bus import RedisEventBus
from adapters.redis.health import RedisHealthProbe
from adapters.redis.partial_answers import RedisPartialAnswers
from adapters.redis.presence import RedisPresenceBoard
from adapters.redis.rate_limits import RedisRateLimits
from adapters.security.hook_secrets import DerivedHookSecrets
from adapters.security.passwords import Argon2Passwords
from adapters.security.refresh_tokens import SealedRefreshTokens
from adapters.security.secrets import SystemSecrets
from adapters.security.tokens import JwtTokens
from adapters.simpleeval.calculator import SimpleEvalCalculator
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from adapters.taskiq.broker import broker_at
from adapters.taskiq.jobs import TaskiqJobQueue
from adapters.wire.encoder import WireEncoder
from application.ports.translator import TextRefused
from application.publication import Publication
from domain.errors import HolidaysUnavailable, NewsFetchFailed, NewsNotConfigured, TranslationFailed
from entrypoints.file_adapters import FileAdapters
from entrypoints.models import Models, circuit
from entrypoints.settings import Settings


def _alarm_channels(settings: Settings, clock: SystemClock) -> Sequence[Channel]:
    channels: list[Channel] = []
    if settings.slack_webhook is not None:
        channels.append(SlackChannel(settings.slack_webhook.get_secret_value()))
    if settings.smtp_url is not None and settings.alert_mail_to:
        mailer = mailer_at(settings.smtp_url.get_secret_value(), settings.alert_mail_from, clock)
        channels.append(MailChannel(mailer, settings.alert_mail_to))
    return channels


def plain(secret: SecretStr | None) -> str | None:
    """What a secret setting hides, for what must know it."""
    return None if secret is None else secret.get_secret_value()


async def _nothing_to_open() -> None:
    """For what connects when it is first used, but is closed in its turn."""


def _presence(
    database: RedisDatabase, ids: Uuid7Source, clock: SystemClock, bus: RedisEventBus, lease_seconds: float
) -> RedisPresenceBoard:
    board = RedisPresenceBoard(database, ids, clock, lease_seconds=lease_seconds, renew_seconds=lease_seconds * 3 / 8)
    bus.on_return(board.announce_soon)  # a Redis that came back empty is filled again at once
    return board


class Adapters(FileAdapters):
    """What both sets have in common: where ``REDIS_URL`` is set, servers and workers share a Redis."""

    settings = Models.settings
    clock = Models.clock
    openai = Models.openai
    secret = FileAdapters.secret

    ids = providers.Singleton(Uuid7Source)
    emoji = providers.Singleton(EmojiCatalogue)
    encoder = providers.Singleton(WireEncoder)
    shared_by = settings.provided.shared_by
    redis = providers.Singleton(RedisDatabase, settings.provided.redis_address, clock)
    redis_bus = providers.Singleton(
        RedisEventBus, settings.provided.redis_address, ids, clock, prefix=settings.provided.pubsub_channel
    )
    redis_presence = providers.Singleton(_presence, redis, ids, clock, redis_bus, settings.provided.presence_lease)
    bus = providers.Selector(shared_by, memory=providers.Singleton(InMemoryEventBus), redis=redis_bus)
    publication = providers.Singleton(Publication, encoder, bus)
    presence = providers.Selector(shared_by, memory=providers.Singleton(InMemoryPresenceBoard), redis=redis_presence)
    call_board = providers.Selector(
        shared_by,
        memory=providers.Singleton(InMemoryCallBoard),
        redis=providers.Singleton(RedisCallBoard, redis, ids),
    )
    partial_answers = providers.Selector(
        shared_by,
        memory=providers.Singleton(InMemoryPartialAnswers),
        redis=providers.Singleton(RedisPartialAnswers, redis),
    )
    local_rate_limits = providers.Singleton(InMemoryRateLimits, clock)
    rate_limits = providers.Selector(
        shared_by,
        memory=local_rate_limits,
        redis=providers.Singleton(RedisRateLimits, redis, fallback=local_rate_limits),
    )
    broker = providers.Singleton(broker_at, settings.provided.redis_address, settings.provided.queue)
    redis_jobs = providers.Singleton(TaskiqJobQueue, broker)
    jobs = providers.Selector(
        shared_by,
        memory=providers.Singleton(InMemoryJobQueue, settings.provided.answers_at_once),
        redis=redis_jobs,
    )
    calculator = providers.Singleton(SimpleEvalCalculator)
    arguments = providers.Singleton(PydanticArgumentReader)
    tokens = providers.Singleton(
        JwtTokens,
        secret,
        clock,
        ids,
        providers.Callable(timedelta, days=settings.provided.token_days),
        providers.Callable(timedelta, minutes=settings.provided.access_minutes),
    )
    refresh_tokens = providers.Singleton(SealedRefreshTokens, secret)
    hasher = providers.Singleton(
        Argon2Passwords,
        memory_kib=settings.provided.password_memory,
        passes=settings.provided.password_passes,
        at_once=settings.provided.passwords_at_once,
    )
    mailer = providers.Singleton(
        mailer_at, providers.Callable(plain, settings.provided.smtp_url), settings.provided.mail_from, clock
    )
    identity_providers = providers.Singleton(
        OidcProviders,
        providers.Callable(read_options, settings.provided.oidc_providers),
        settings.provided.home,
        clock,
        seconds=settings.provided.oidc_seconds,
    )
    outbound = providers.Singleton(
        GuardedClient, providers.Singleton(Exceptions.read, settings.provided.outbound_allow)
    )
    holiday_service = providers.Singleton(
        SteadyHolidays,
        providers.Singleton(
            DataGoKrHolidays,
            settings.provided.holiday_base_url,
            providers.Callable(plain, settings.provided.holiday_key),
            seconds=settings.provided.vendor_seconds,
        ),
        circuit(settings, "the holiday service", settings.provided.vendor_seconds, HolidaysUnavailable),
    )
    news_source = providers.Singleton(
        SteadyNews,
        providers.Singleton(
            NaverNews,
            settings.provided.naver_base_url,
            settings.provided.naver_client_id,
            providers.Callable(plain, settings.provided.naver_client_secret),
            seconds=settings.provided.vendor_seconds,
        ),
        circuit(settings, "Naver", settings.provided.vendor_seconds, NewsFetchFailed, NewsNotConfigured),
    )
    preview_images = providers.Singleton(
        PagePreviews, outbound, seconds=settings.provided.preview_seconds, size=settings.provided.preview_bytes
    )
    local_cache = providers.Singleton(InMemoryCache, clock)
    cache = providers.Selector(
        shared_by, memory=local_cache, redis=providers.Singleton(RedisCache, redis, fallback=local_cache)
    )
    translator = providers.Selector(
        settings.provided.ai,
        mock=providers.Singleton(MockTranslator),
        openai=providers.Singleton(
            SteadyTranslator,
            providers.Singleton(OpenAiTranslator, openai, settings.provided.translate_model),
            circuit(
                settings,
                "the translating model",
                settings.provided.translate_seconds,
                TranslationFailed,
                TextRefused,
            ),
        ),
    )
    holiday_library = providers.Singleton(LibraryHolidays)
    secrets = providers.Singleton(SystemSecrets)
    hook_secrets = providers.Singleton(DerivedHookSecrets, secret)
    recurrence = providers.Singleton(IcalRecurrence)
    calendar_files = providers.Singleton(IcalFiles, recurrence, settings.provided.time_zone)
    redis_probe = providers.Selector(
        shared_by,
        memory=providers.Singleton(InMemoryHealthProbe, "redis"),
        redis=providers.Singleton(RedisHealthProbe, redis),
    )
    metrics = providers.Singleton(Metrics)
    alarms = providers.Singleton(
        PacedAlarms,
        providers.Singleton(_alarm_channels, settings, clock),
        metrics,
        pause_seconds=settings.provided.alert_pause,
        origin=providers.Callable(gethostname),
    )


class InMemoryAdapters(Adapters):
    """Everything in this process, gone when it ends. ``starts`` are awaited in order, their ``ends`` in reverse."""

    store = providers.Singleton(InMemoryStore, Adapters.clock)
    work = providers.Singleton(InMemoryWork, store, Adapters.publication)
    message_log = providers.Singleton(
        InMemoryMessageLog, store, Adapters.publication, kept=Adapters.metrics.provided.batch_kept
    )
    blobs = providers.Singleton(InMemoryBlobs, Adapters.clock)
    holiday_almanac = providers.Singleton(InMemoryHolidayAlmanac)
    revoked_tokens = providers.Singleton(InMemoryRevokedTokens, Adapters.clock)
    database_probe = providers.Singleton(InMemoryHealthProbe, "database")
    pool_stats: providers.Provider[dict[str, int]] = providers.Callable(dict)
    starts = providers.List(providers.Object(_nothing_to_open))
    ends = providers.List(Adapters.openai.provided.close)


class LiveAdapters(Adapters):
    """The store is PostgreSQL."""

    database_url = providers.Dependency(instance_of=str)

    database = providers.Singleton(
        PostgresDatabase,
        database_url,
        pool_min=Adapters.settings.provided.pool_min,
        pool_max=Adapters.settings.provided.pool_max,
        timeout_seconds=Adapters.settings.provided.pool_timeout,
        statement_timeout_seconds=Adapters.settings.provided.statement_timeout,
    )
    work = providers.Singleton(PostgresWork, database, Adapters.publication)
    message_log = providers.Singleton(
        PostgresMessageLog,
        database,
        Adapters.publication,
        batch_limit=Adapters.settings.provided.batch,
        kept=Adapters.metrics.provided.batch_kept,
    )
    holiday_almanac = providers.Singleton(PostgresHolidayAlmanac, database)
    revoked_tokens = providers.Singleton(PostgresRevokedTokens, database)
    database_probe = providers.Singleton(PostgresHealthProbe, database)
    pool_stats = database.provided.pool_stats
    leadership = providers.Singleton(PostgresLeadership, database, "what is periodic")
    starts = providers.Selector(
        Adapters.shared_by,
        memory=providers.List(providers.Object(_nothing_to_open), database.provided.open, message_log.provided.start),
        redis=providers.List(
            providers.Object(_nothing_to_open),
            providers.Object(_nothing_to_open),
            Adapters.redis_bus.provided.start,
            Adapters.redis_presence.provided.start,
            database.provided.open,
            message_log.provided.start,
            Adapters.redis_jobs.provided.start,
        ),
    )
    ends = providers.Selector(
        Adapters.shared_by,
        memory=providers.List(Adapters.openai.provided.close, database.provided.close, message_log.provided.stop),
        redis=providers.List(
            Adapters.openai.provided.close,
            Adapters.redis.provided.close,
            Adapters.redis_bus.provided.stop,
            Adapters.redis_presence.provided.stop,
            database.provided.close,
            message_log.provided.stop,
            Adapters.redis_jobs.provided.stop,
        ),
    )
