"""What tests are built of: a clock moved by hand, ids in order, people, and all of Jarvis assembled in memory."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

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
from adapters.memory.mailer import InMemoryMailer
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
from application.limits import AnswerPace, Limits
from application.links_to_files import FileLinks
from application.meanings import Meanings
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import Minutes
from application.pins import Pins
from application.ports.chat_model import ChatModel, Conversation, Piece, ToolCall
from application.ports.event_bus import Notice
from application.ports.event_encoder import EventEncoder
from application.ports.identity_providers import IdentityProviders
from application.ports.jobs import JobQueue
from application.ports.mailer import Mailer
from application.ports.passwords import PasswordHasher
from application.ports.tokens import Claims, Tokens
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
from domain.errors import HolidaysNotConfigured, InvalidToken
from domain.events import Event, LoggedEvent, RoomEvent, RoomRenamed
from domain.holidays import Holiday
from domain.ids import RoomId, SessionId, UserId
from domain.rooms import RoomSummary
from domain.users import Actor, User

T = TypeVar("T")
SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2026, 2, 16, 1, 2, 3, 4000, tzinfo=UTC)
HOME = "https://jarvis.example"
PATIENCE = 10
"""Seconds after which a test that waits for something gives up."""


async def eventually(condition: Callable[[], bool]) -> None:
    """Let everything else run until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


class FakeClock:
    """A clock that stands until ``advance`` moves it, which wakes those whose sleep is over."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._naps = 0
        self._asleep: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._naps += 1
        heappush(self._asleep, (self._now + timedelta(seconds=seconds), self._naps, woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Move on; everybody whose time has come wakes as soon as the loop runs."""
        self._now += timedelta(seconds=seconds)
        while self._asleep and self._asleep[0][0] <= self._now:
            _, _, woken = heappop(self._asleep)
            if not woken.done():
                woken.set_result(None)

    async def sleepers(self, count: int = 1) -> None:
        """Wait until so many are asleep."""
        await eventually(lambda: sum(not woken.done() for _, _, woken in self._asleep) >= count)


class SequenceIds:
    """UUIDv7s that count up from one."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> UUID:
        self._count += 1
        return UUID(int=self._count << 80 | 7 << 76 | 0b10 << 62)


class SequenceSecrets:
    """Secrets that anybody can guess."""

    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"secret-{self._count}"


class EventRecorder:
    """An encoder that remembers what it was given; ``encode`` makes notices that only carry their address."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def encode(self, event: Event) -> Sequence[Notice]:
        self.events.append(event)
        if isinstance(event, LoggedEvent):
            return [Notice(b"", room_id=event.event.room_id, seq=event.seq)]
        return [Notice(b"", room_id=getattr(event, "room_id", None))]

    def of(self, kind: type[T]) -> list[T]:
        """Events of a kind, logged ones without their log entry."""
        bare = (event.event if isinstance(event, LoggedEvent) else event for event in self.events)
        return [event for event in bare if isinstance(event, kind)]

    def logged(self, room_id: RoomId) -> list[LoggedEvent]:
        """What was published of a room's log."""
        return [event for event in self.events if isinstance(event, LoggedEvent) and event.event.room_id == room_id]

    async def until(self, kind: type[T], count: int = 1) -> list[T]:
        """Wait for so many events of a kind."""
        await eventually(lambda: len(self.of(kind)) >= count)
        return self.of(kind)


class ScriptedModel:
    """A model that says what the test gives it, keeps what it was shown, and can be held up in the middle.

    An exception among the pieces is raised where it stands. While ``gate`` is clear, no further piece is said; after
    ``hold_after`` pieces the model clears it itself.
    """

    def __init__(self, *pieces: Piece | Exception, hold_after: int | None = None) -> None:
        self.pieces: Sequence[Piece | Exception] = pieces or ("하나 ", "둘")
        self.shown: list[Conversation] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._hold_after = hold_after

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        self.shown.append(conversation)
        for place, piece in enumerate(self.pieces):
            if place == self._hold_after:
                self.gate.clear()
            await self.gate.wait()
            if isinstance(piece, Exception):
                raise piece
            yield piece


class ObedientModel:
    """A model that does in each of its turns what the test tells it to, and keeps what it was shown.

    A turn is the pieces to say, or makes them from the conversation. After the last turn it says that it is done.
    """

    def __init__(self, *turns: Sequence[Piece] | Callable[[Conversation], Iterable[Piece]]) -> None:
        self.turns = list(turns)
        self.shown: list[Conversation] = []

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        self.shown.append(conversation)
        turn = self.turns.pop(0) if self.turns else ["끝"]
        for piece in turn(conversation) if callable(turn) else turn:
            yield piece

    @property
    def results(self) -> list[Any]:
        """What came of all calls, as the model was last shown it."""
        return [json.loads(result) for round_ in self.shown[-1].rounds for result in round_.results]


def call(name: str, /, **arguments: object) -> ToolCall:
    """A call of this tool."""
    return ToolCall(f"c-{name}", name, json.dumps(arguments, ensure_ascii=False))


class NoService:
    """A holiday service that knows no country."""

    def knows(self, country: str) -> bool:
        return False

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        raise HolidaysNotConfigured


class PlainTokens:
    """Tokens that are their user's id and a number; those of sessions are good for a quarter of an hour."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._issued: dict[str, Claims] = {}

    def issue(self, user: User, session_id: SessionId | None = None, *, lifetime: timedelta | None = None) -> str:
        token = f"{user.id}/{len(self._issued) + 1}"
        lifetime = lifetime or (timedelta(days=7) if session_id is None else timedelta(minutes=15))
        self._issued[token] = Claims(user.id, token, self._clock.now() + lifetime, session_id)
        return token

    def read(self, token: str) -> Claims:
        claims = self._issued.get(token)
        if claims is None or claims.expires_at <= self._clock.now():
            raise InvalidToken
        return claims


class PlainHasher:
    """Hashes that can be read: how they are made, and the password. ``asked`` is what passwords were compared with."""

    def __init__(self) -> None:
        self.way = "plain"
        self.asked: list[str | None] = []

    async def hash(self, password: str) -> str:
        return f"{self.way}:{password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.asked.append(password_hash)
        await asyncio.sleep(0)
        return password_hash is not None and password_hash.partition(":")[2] == password

    def is_outdated(self, password_hash: str) -> bool:
        return password_hash.partition(":")[0] != self.way


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


def a_user(name: str, ids: SequenceIds, *, email: str | None = None, at: datetime = START) -> User:
    """A person whose email is made of the name."""
    return User(UserId(ids.new()), email or f"{name.lower()}@example.com", name, at)


async def signed_in(work: Work, user: User) -> Actor:
    """The person, known to the store."""
    async with work() as unit:
        known = await unit.users.sign_in(user, rename=False)
    return Actor(known.id, known.name)


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
        self.mailer = InMemoryMailer()
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
                    self.work, Summaries(MockSummarizer(self.clock, 0)), self.jobs, self.clock, self.ids, SEOUL
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


def bare(event: LoggedEvent) -> RoomEvent:
    """What happened, without whom a renaming was told to: that is not kept."""
    return replace(event.event, told=()) if isinstance(event.event, RoomRenamed) else event.event
