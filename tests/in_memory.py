"""All of Jarvis assembled in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.emoji.catalogue import EmojiCatalogue
from adapters.holidays_library.calendar import LibraryHolidays
from adapters.ical.files import IcalFiles
from adapters.ical.recurrence import IcalRecurrence
from adapters.mail.smtp import NoMailer
from adapters.memory.blobs import InMemoryBlobs
from adapters.memory.call_board import InMemoryCallBoard
from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.holiday_almanac import InMemoryHolidayAlmanac
from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.message_log import InMemoryMessageLog
from adapters.memory.partial_answers import InMemoryPartialAnswers
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from adapters.memory.store import InMemoryStore
from adapters.memory.unit_of_work import InMemoryWork
from adapters.mock.embedder import MockEmbedder
from adapters.mock.summarizer import MockSummarizer
from adapters.oidc.providers import OidcProviders
from adapters.pillow.images import PillowImages
from adapters.puremagic.types import PuremagicTypes
from adapters.pydantic.arguments import PydanticArgumentReader
from adapters.security.refresh_tokens import SealedRefreshTokens
from adapters.simpleeval.calculator import SimpleEvalCalculator
from application.accounts import Accounts
from application.attaching import Attaching
from application.calendar.feeds import CalendarFeeds
from application.calendar.imports import CalendarImport
from application.calendar.plan import Calendar
from application.calls import Calls
from application.cards import Cards
from application.doors import Doors, Hinges, doors_on
from application.files import FileLimits, Files
from application.holidays import Holidays
from application.jarvis.answer import Answering
from application.jarvis.ask import Asking
from application.jarvis.composing import Composing
from application.jarvis.dialogue import Dialogue
from application.jarvis.tools.all import Abilities, toolbox_of
from application.jarvis.usage import DailyQuota, Quotas
from application.jobs import JobHandler, Working
from application.limits import AnswerPace, Limits
from application.links_to_files import FileLinks
from application.meanings import Meanings
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import Minutes
from application.pins import Pins
from application.ports.chat_model import ChatModel
from application.ports.event_encoder import EventEncoder
from application.ports.identity_providers import IdentityProviders
from application.ports.jobs import JobQueue
from application.ports.mailer import Mailer
from application.ports.passwords import PasswordHasher
from application.ports.tokens import Tokens
from application.ports.unit_of_work import Work
from application.presence import Presence
from application.publication import Publication
from application.reactions import Reacting
from application.reading import Reading
from application.registration import Policy
from application.roles import Roles
from application.rooms import Rooms
from application.search import Search
from application.streams import RoomStreams
from application.summaries import Summaries
from application.typing import Typing
from domain.errors import HolidaysNotConfigured
from domain.events import LoggedEvent
from domain.holidays import Holiday
from domain.ids import JobId, RoomId
from domain.jobs import Job
from domain.messages import SenderType
from domain.rooms import RoomSummary
from domain.users import Actor
from tests.builders import (
    HOME,
    SEOUL,
    EventRecorder,
    FakeClock,
    PlainHasher,
    PlainTokens,
    SequenceIds,
    SequenceSecrets,
    a_user,
    signed_in,
)
from tests.mailer import KeepingMailer
from tests.models import ScriptedModel


def the_doors(
    work: Work,
    tokens: Tokens,
    queue: JobQueue,
    clock: FakeClock,
    ids: SequenceIds,
    *,
    mailer: Mailer | None = None,
    hasher: PasswordHasher | None = None,
    identity_providers: IdentityProviders | None = None,
    policy: Policy = Policy.OPEN,
) -> Doors:
    """All ways in, over fast hashes and no mail server where nothing else is given."""
    hinges = Hinges(
        work=work,
        tokens=tokens,
        refresh_tokens=SealedRefreshTokens("a secret"),
        hasher=hasher or PlainHasher(),
        secrets=SequenceSecrets(),
        mailer=mailer or NoMailer(),
        providers=identity_providers or OidcProviders([], HOME, clock),
        queue=queue,
        clock=clock,
        ids=ids,
    )
    return doors_on(hinges, home=HOME, policy=policy)


def the_files(
    work: Work, queue: JobQueue, clock: FakeClock, ids: SequenceIds, limits: FileLimits | None = None
) -> Files:
    """Files in memory."""
    return Files(
        work=work,
        blobs=InMemoryBlobs(clock),
        types=PuremagicTypes(),
        images=PillowImages(),
        links=FileLinks(["a secret"], clock),
        queue=queue,
        clock=clock,
        ids=ids,
        limits=limits or FileLimits(),
    )


class NoService:
    """A holiday service that knows no country."""

    def knows(self, country: str) -> bool:
        return False

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        raise HolidaysNotConfigured


@dataclass
class InMemoryJarvis:
    """All capabilities over one store in memory. ``recorder`` has what was published; ``jobs`` is not started."""

    model: ChatModel = field(default_factory=ScriptedModel)
    limits: Limits = field(default_factory=Limits)
    pace: AnswerPace = field(default_factory=AnswerPace)
    encoder: EventEncoder | None = None
    quota: DailyQuota = field(default_factory=DailyQuota)

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.ids = SequenceIds()
        self.recorder = EventRecorder()
        self.bus = InMemoryEventBus()
        self.publication = Publication(self.encoder or self.recorder, self.bus)
        self.store = InMemoryStore(self.clock)
        self.work = InMemoryWork(self.store, self.publication)
        self.message_log = InMemoryMessageLog(self.store, self.publication)
        self.jobs = InMemoryJobQueue()
        self.board = InMemoryPresenceBoard()
        self.revoked = InMemoryRevokedTokens(self.clock)
        self.partial_answers = InMemoryPartialAnswers()
        self.tokens = PlainTokens(self.clock)
        self.accounts = Accounts(
            self.work, self.tokens, self.revoked, self.board, self.publication, self.clock, self.ids
        )
        self.mailer = KeepingMailer()
        self.hasher = PlainHasher()
        self.doors = the_doors(
            self.work, self.tokens, self.jobs, self.clock, self.ids, mailer=self.mailer, hasher=self.hasher
        )
        self.rooms = Rooms(self.work, self.board, self.clock, self.ids, self.limits)
        self.messages = Messages(self.work, self.message_log, self.jobs, self.clock, self.ids, self.limits)
        self.files = the_files(self.work, self.jobs, self.clock, self.ids)
        self.attaching = Attaching(self.work, self.files, self.messages, HOME)
        self.mentioning = Mentioning(self.work)
        self.reacting = Reacting(self.work, EmojiCatalogue())
        self.pins = Pins(self.work, self.clock)
        self.cards = Cards(self.work, self.clock, self.ids)
        self.search = Search(self.work, Meanings(self.work, MockEmbedder(), self.clock), self.clock)
        self.presence = Presence(self.work, self.board, self.publication, self.clock)
        self.reading = Reading(self.work)
        self.roles = Roles(self.work)
        self.typing = Typing(self.publication, self.clock)
        self.calls = Calls(self.work, InMemoryCallBoard(), self.publication, self.clock, self.ids)
        self.recurrence = IcalRecurrence()
        files = IcalFiles(self.recurrence, "Asia/Seoul")
        self.calendar = Calendar(self.work, self.recurrence, self.clock, self.ids)
        self.calendar_feeds = CalendarFeeds(self.work, files, SequenceSecrets(), self.clock)
        self.calendar_import = CalendarImport(self.work, files, self.clock, self.ids)
        self.quotas = Quotas(self.work, self.clock, SEOUL, self.quota)
        self.asking = Asking(self.work, self.jobs, self.clock, self.ids, self.limits, self.quotas)
        self.toolbox = toolbox_of(
            Abilities(
                rooms=self.rooms,
                accounts=self.accounts,
                search=self.search,
                calendar=self.calendar,
                holidays=Holidays(NoService(), LibraryHolidays(), InMemoryHolidayAlmanac(), self.clock),
                minutes=Minutes(
                    self.work,
                    Summaries(MockSummarizer(self.clock, 0)),
                    self.jobs,
                    self.clock,
                    self.ids,
                    SEOUL,
                    self.quotas,
                ),
                publication=self.publication,
                calculator=SimpleEvalCalculator(),
            ),
            PydanticArgumentReader(),
        )
        self.streams = RoomStreams(self.work, self.partial_answers, self.limits)
        self.answering = self.worker()
        self.jobs.bind(self.answering.answer)

    def worker(
        self, model: ChatModel | None = None, *, work: Work | None = None, clock: FakeClock | None = None
    ) -> Answering:
        """Another worker over the same store."""
        clock = clock or self.clock
        store = work or self.work
        composing = Composing(store, self.search.recall, self.accounts.names_of, clock, SEOUL, self.pace)
        dialogue = Dialogue(store, model or self.model, self.toolbox, self.publication, clock, SEOUL)
        return Answering(
            work=store,
            composing=composing,
            dialogue=dialogue,
            partial_answers=self.partial_answers,
            publication=self.publication,
            jobs=self.jobs,
            clock=clock,
            ids=self.ids,
            pace=self.pace,
        )

    async def person(self, name: str) -> Actor:
        """A new person of this name."""
        return await signed_in(self.work, a_user(name, self.ids, at=self.clock.now()))

    async def people(self, *names: str) -> list[Actor]:
        """New people of these names."""
        return [await self.person(name) for name in names]

    async def room(self, owner: Actor, *members: Actor, title: str = "Room") -> RoomSummary:
        """A room of the owner's with these members."""
        return await self.rooms.create(owner, title, member_ids=[member.id for member in members])

    async def everything(self, room_id: RoomId) -> list[LoggedEvent]:
        """The room's whole log, as it stands now."""
        async with self.work() as work:
            return list(await work.log.after(room_id, 0, take=10_000))

    async def job(self, job_id: JobId) -> Job:
        """The job as it stands."""
        async with self.work() as work:
            job = await work.jobs.find(job_id)
        assert job is not None
        return job

    async def working(self, lane: str, handlers: Mapping[str, JobHandler]) -> None:
        """Have a worker do the jobs of a lane."""
        await Working(self.work, self.jobs, self.publication, self.clock, self.pace, handlers).run(lane)

    async def worked(self, job_id: JobId, handler: JobHandler) -> Job:
        """Have a worker do the job, and answer it as it is then."""
        job = await self.job(job_id)
        await self.working(job.lane, {job.kind: handler})
        return await self.job(job_id)

    async def posted(self, room_id: RoomId) -> list[str]:
        """What Jarvis has said in the room, the newest first."""
        async with self.work() as work:
            page = await work.messages.page(room_id, before=None, take=50)
        return [message.content for message in page if message.sender_type is SenderType.BOT]
