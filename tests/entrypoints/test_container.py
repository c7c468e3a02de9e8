"""The wiring: two sets of adapters that fit the same places."""

import inspect
import typing
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dependency_injector import containers, providers

from application.ports.accounts import AccountRepository
from application.ports.ai_usage import AiUsageRepository
from application.ports.argument_reader import ArgumentReader
from application.ports.blobs import BlobStore
from application.ports.bots import BotRepository
from application.ports.cache import Cache
from application.ports.calculator import Calculator
from application.ports.calendar_events import CalendarEventRepository
from application.ports.calendar_feeds import CalendarFeedRepository
from application.ports.calendar_files import CalendarFiles
from application.ports.call_board import CallBoard
from application.ports.cards import CardRepository
from application.ports.chat_model import ChatModel
from application.ports.clock import Clock
from application.ports.embedder import Embedder
from application.ports.embeddings import Embeddings
from application.ports.emoji import EmojiSet
from application.ports.event_bus import EventBus
from application.ports.event_encoder import EventEncoder
from application.ports.file_types import FileTypes
from application.ports.file_upkeep import FileUpkeep
from application.ports.files import FileRepository
from application.ports.gleaning_places import GleaningPlaces
from application.ports.health import HealthProbe
from application.ports.holiday_almanac import HolidayAlmanac
from application.ports.holiday_calendar import HolidayCalendar
from application.ports.hook_secrets import HookSecrets
from application.ports.idea_model import IdeaModel
from application.ports.identities import IdentityRepository
from application.ports.identity_providers import IdentityProviders
from application.ports.ids import IdSource
from application.ports.images import Images
from application.ports.incoming_hooks import IncomingHookRepository
from application.ports.invitations import InvitationRepository
from application.ports.jarvis_answers import JarvisAnswerRepository
from application.ports.jarvis_backlog import JarvisBacklog
from application.ports.jarvis_interventions import JarvisInterventions
from application.ports.jarvis_requests import JarvisRequestRepository
from application.ports.job_backlog import JobBacklog
from application.ports.job_cancellation import JobCancellation
from application.ports.job_repository import JobRepository
from application.ports.jobs import JobQueue
from application.ports.mailer import Mailer
from application.ports.matter_finder import MatterFinder
from application.ports.matters import MatterRepository
from application.ports.members import MemberRepository
from application.ports.mentions import MentionRepository
from application.ports.message_log import MessageLog
from application.ports.message_search import MessageSearch
from application.ports.messages import MessageRepository
from application.ports.news_source import NewsSource
from application.ports.outbound import Outbound
from application.ports.outgoing_hooks import OutgoingHookRepository
from application.ports.partial_answers import PartialAnswers
from application.ports.passwords import PasswordHasher
from application.ports.pins import PinRepository
from application.ports.presence import PresenceBoard
from application.ports.preview_images import PreviewImages
from application.ports.pulse_reports import PulseReportRepository
from application.ports.pulse_writer import PulseWriter
from application.ports.rate_limits import RateLimits
from application.ports.read_marks import ReadMarkRepository
from application.ports.recordings import RecordingRepository
from application.ports.recurrence import Recurrence
from application.ports.refresh_tokens import RefreshTokens
from application.ports.revoked_tokens import RevokedTokens
from application.ports.room_activity import RoomActivity
from application.ports.room_log import RoomLogRepository
from application.ports.room_titles import RoomTitles
from application.ports.room_translations import RoomTranslationRepository
from application.ports.rooms import RoomRepository
from application.ports.secrets import SecretSource
from application.ports.sent_messages import SentMessages
from application.ports.sessions import SessionRepository
from application.ports.sounds import Sounds
from application.ports.summarizer import Summarizer
from application.ports.text_index import TextIndex
from application.ports.tickets import TicketRepository
from application.ports.tokens import Tokens
from application.ports.transcriber import Transcriber
from application.ports.translator import Translator
from application.ports.unit_of_work import UnitOfWork
from application.ports.users import UserRepository
from application.publication import Publication
from domain.errors import InvalidToken
from entrypoints.container import InMemoryAdapters, LiveAdapters, Product, in_memory, live
from entrypoints.settings import load

SECRET = "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"
PORTS = {
    "blobs": BlobStore,
    "file_types": FileTypes,
    "images": Images,
    "clock": Clock,
    "ids": IdSource,
    "emoji": EmojiSet,
    "encoder": EventEncoder,
    "bus": EventBus,
    "presence": PresenceBoard,
    "partial_answers": PartialAnswers,
    "jobs": JobQueue,
    "model": ChatModel,
    "summarizer": Summarizer,
    "pulse_writer": PulseWriter,
    "matter_finder": MatterFinder,
    "idea_model": IdeaModel,
    "sounds": Sounds,
    "transcriber": Transcriber,
    "embedder": Embedder,
    "query_embedder": Embedder,
    "calculator": Calculator,
    "arguments": ArgumentReader,
    "tokens": Tokens,
    "refresh_tokens": RefreshTokens,
    "secrets": SecretSource,
    "hasher": PasswordHasher,
    "mailer": Mailer,
    "identity_providers": IdentityProviders,
    "message_log": MessageLog,
    "revoked_tokens": RevokedTokens,
    "database_probe": HealthProbe,
    "redis_probe": HealthProbe,
    "rate_limits": RateLimits,
    "outbound": Outbound,
    "cache": Cache,
    "translator": Translator,
    "news_source": NewsSource,
    "preview_images": PreviewImages,
    "recurrence": Recurrence,
    "calendar_files": CalendarFiles,
    "call_board": CallBoard,
    "hook_secrets": HookSecrets,
    "holiday_service": HolidayCalendar,
    "holiday_library": HolidayCalendar,
    "holiday_almanac": HolidayAlmanac,
}
REPOSITORIES = {
    "accounts": AccountRepository,
    "bots": BotRepository,
    "sessions": SessionRepository,
    "tickets": TicketRepository,
    "identities": IdentityRepository,
    "incoming_hooks": IncomingHookRepository,
    "outgoing_hooks": OutgoingHookRepository,
    "invitations": InvitationRepository,
    "users": UserRepository,
    "rooms": RoomRepository,
    "matters": MatterRepository,
    "gleaning_places": GleaningPlaces,
    "pulse_reports": PulseReportRepository,
    "members": MemberRepository,
    "messages": MessageRepository,
    "sent": SentMessages,
    "files": FileRepository,
    "file_upkeep": FileUpkeep,
    "mentions": MentionRepository,
    "pins": PinRepository,
    "read_marks": ReadMarkRepository,
    "log": RoomLogRepository,
    "requests": JarvisRequestRepository,
    "backlog": JarvisBacklog,
    "answers": JarvisAnswerRepository,
    "ai_usage": AiUsageRepository,
    "interventions": JarvisInterventions,
    "job_cancellation": JobCancellation,
    "jobs": JobRepository,
    "recordings": RecordingRepository,
    "job_backlog": JobBacklog,
    "search": MessageSearch,
    "translations": RoomTranslationRepository,
    "calendar": CalendarEventRepository,
    "calendar_feeds": CalendarFeedRepository,
    "text_index": TextIndex,
    "embeddings": Embeddings,
    "cards": CardRepository,
    "activity": RoomActivity,
    "titles": RoomTitles,
}
NOT_PORTS = {"settings", "secret", "alarms", "metrics", "pool_stats", "publication", "work", "starts", "ends"} | {
    "shared_by",
    "link_secrets",
    "local_cache",
    "redis",
    "redis_bus",
    "redis_presence",
    "local_rate_limits",
    "broker",
    "redis_jobs",
    "openai",
    "whole_answers",
    "mock_embedder",
    "openai_embedder",
}
ITS_OWN = {
    InMemoryAdapters: {"store"},
    LiveAdapters: {"database", "database_url", "leadership"},
}  # schedulers are several only over a database


def needed() -> set[str]:
    """The names of adapters that the product asks for."""
    return set(Product.adapters.providers)


@pytest.fixture(params=["memory", "postgres"])
async def product(request: pytest.FixtureRequest) -> AsyncIterator[Product]:
    settings = load()
    if request.param == "memory":
        yield in_memory(settings, SECRET)
    else:
        yield live(settings, SECRET, "postgresql://jarvis@localhost/nowhere")


def test_both_sets_have_the_same_names() -> None:
    memory, postgres = (set(adapters.providers) - own for adapters, own in ITS_OWN.items())
    assert memory == postgres == NOT_PORTS | PORTS.keys()


@pytest.mark.parametrize("adapters", [InMemoryAdapters, LiveAdapters])
def test_a_set_has_all_that_the_product_needs(adapters: type[containers.DeclarativeContainer]) -> None:
    assert needed() > {"work", "message_log", "bus", "tokens", "model"}
    assert needed() <= set(adapters.providers)


def _provided(container: containers.Container | providers.DependenciesContainer) -> dict[str, Any]:
    return {
        name: provider()
        for name, provider in container.providers.items()
        if not isinstance(provider, providers.Dependency | providers.DependenciesContainer)
    }


async def test_everything_can_be_built(product: Product) -> None:
    product.check_dependencies()
    assert needed() <= set(product.adapters.providers)
    built = {**_provided(product.adapters), **_provided(product)}
    for name, thing in built.items():
        assert thing is not None, name
        assert not inspect.isawaitable(thing), name
    assert built["app"] is product.app()
    assert len(product.adapters.starts()) == len(product.adapters.ends())


async def test_everybody_shares_one_of_each(product: Product) -> None:
    adapters = product.adapters
    assert adapters.work() is adapters.work()
    assert product.messages() is product.messages()
    assert isinstance(adapters.publication(), Publication)
    assert product.hub() is product.endpoint().hub


@pytest.mark.parametrize("name", sorted(PORTS))
async def test_an_adapter_fits_its_port(name: str, product: Product) -> None:
    assert_fits(getattr(product.adapters, name)(), PORTS[name])


async def test_a_unit_of_work_has_every_repository() -> None:
    for product in (in_memory(load(), SECRET), live(load(), SECRET, "postgresql://jarvis@localhost/nowhere")):
        unit = product.adapters.work()()
        assert callable(unit.__aenter__)
        assert callable(unit.__aexit__)
    async with in_memory(load(), SECRET).adapters.work()() as memory:
        postgres = live(load(), SECRET, "postgresql://jarvis@localhost/nowhere").adapters.work()()
        properties = {name for name in vars(UnitOfWork) if isinstance(vars(UnitOfWork)[name], property)}
        assert properties == REPOSITORIES.keys()
        for unit in (memory, postgres):
            for name, port in REPOSITORIES.items():
                assert_fits(getattr(unit, name), port)


def assert_fits(adapter: object, port: type) -> None:
    """Every method of the port is there and takes what the port's takes, by the same names and in the same order."""
    members = {name: member for name, member in vars(port).items() if not name.startswith("_")}
    assert members
    for name, member in members.items():
        assert hasattr(adapter, name), f"{type(adapter).__name__} has no {name}"
        if isinstance(member, property):
            continue
        assert _shape(getattr(port, name))[1:] == _shape(getattr(type(adapter), name))[1:], name
        expected = inspect.iscoroutinefunction(member)
        assert inspect.iscoroutinefunction(getattr(adapter, name)) == expected, name


def _shape(function: Any) -> list[tuple[str, bool]]:
    parameters = inspect.signature(typing.cast("Any", function)).parameters.values()
    return [(parameter.name, parameter.kind is inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]


async def test_settings_reach_what_they_set() -> None:
    settings = load(JARVIS_TITLE_LENGTH=7, JARVIS_MESSAGE_BYTES=2048, JARVIS_TOKEN_DAYS=1, JARVIS_SENDS_AHEAD=3)
    product = in_memory(settings, SECRET)
    assert (product.limits().title, product.limits().message_text) == (7, 2048)
    with pytest.raises(InvalidToken):
        product.adapters.tokens().read("anything")
    token, _ = await product.accounts().sign_in_for_development("ana@local", "Ana")
    claims = product.adapters.tokens().read(token)
    left = claims.expires_at - product.adapters.clock().now()
    assert 86_390 < left.total_seconds() <= 86_400
