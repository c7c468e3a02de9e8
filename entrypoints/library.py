"""Jarvis as a library: the use cases over the in-memory adapters, without a server, a database or a network."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from zoneinfo import ZoneInfo

from adapters.emoji.catalogue import EmojiCatalogue
from adapters.holidays_library.calendar import LibraryHolidays
from adapters.ical.recurrence import IcalRecurrence
from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.holiday_almanac import InMemoryHolidayAlmanac
from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.message_log import InMemoryMessageLog
from adapters.memory.partial_answers import InMemoryPartialAnswers
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from adapters.memory.store import InMemoryStore
from adapters.memory.unit_of_work import InMemoryWork
from adapters.mock.chat_model import MockChatModel
from adapters.mock.embedder import MockEmbedder
from adapters.mock.summarizer import MockSummarizer
from adapters.pydantic.arguments import PydanticArgumentReader
from adapters.security.tokens import JwtTokens
from adapters.simpleeval.calculator import SimpleEvalCalculator
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from adapters.wire.encoder import WireEncoder
from application.accounts import Accounts
from application.calendar.plan import Calendar
from application.embedding import Embedding
from application.holidays import Holidays
from application.jarvis.answer import Answering
from application.jarvis.ask import Asking
from application.jarvis.composing import Composing
from application.jarvis.dialogue import Dialogue
from application.jarvis.tools.all import Abilities, toolbox_of
from application.jarvis.usage import DailyQuota, Quotas
from application.limits import AnswerPace
from application.matters import Matters
from application.meanings import Meanings
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import Minutes
from application.pins import Pins
from application.ports.chat_model import ChatModel
from application.ports.unit_of_work import Work
from application.publication import Publication
from application.reactions import Reacting
from application.rooms import Rooms
from application.search import Search
from application.streams import RoomStreams
from application.summaries import Summaries
from domain.ids import UserId
from domain.users import Actor, User, name_from_email


@dataclass(frozen=True, slots=True)
class Library:
    """What can be done. Questions wait until ``answering.answer(lane)`` is awaited, and what was
    said is found by its words alone until ``embedding.turn()`` is."""

    rooms: Rooms
    messages: Messages
    mentioning: Mentioning
    reacting: Reacting
    pins: Pins
    matters: Matters
    search: Search
    embedding: Embedding
    asking: Asking
    answering: Answering
    streams: RoomStreams
    calendar: Calendar
    work: Work

    async def somebody(self, email: str) -> Actor:
        """The person of this email, who is made when there is none."""
        user = User(UserId(self.answering.ids.new()), email, name_from_email(email), self.answering.clock.now())
        async with self.work() as work:
            user = await work.users.sign_in(user, rename=False)
        return Actor(user.id, user.name)


def in_memory(model: ChatModel | None = None) -> Library:
    """Everything in this process; ``model`` answers, the mock without pauses where none is given."""
    clock, ids, jobs = SystemClock(), Uuid7Source(), InMemoryJobQueue()
    publication, store = Publication(WireEncoder(), InMemoryEventBus()), InMemoryStore(clock)
    work, partial_answers = InMemoryWork(store, publication), InMemoryPartialAnswers()
    presence, zone = InMemoryPresenceBoard(), ZoneInfo("Asia/Seoul")
    meanings = Meanings(work, MockEmbedder(), clock)
    rooms, search = Rooms(work, presence, clock, ids), Search(work, meanings, clock)
    tokens = JwtTokens(token_hex(), clock, ids, timedelta(days=7))
    accounts = Accounts(work, tokens, InMemoryRevokedTokens(clock), presence, publication, clock, ids)
    quotas = Quotas(work, clock, zone, DailyQuota())
    calendar, library = Calendar(work, IcalRecurrence(), clock, ids), LibraryHolidays()
    toolbox = toolbox_of(
        Abilities(
            rooms=rooms,
            accounts=accounts,
            search=search,
            calendar=calendar,
            holidays=Holidays(library, library, InMemoryHolidayAlmanac(), clock),
            minutes=Minutes(work, Summaries(MockSummarizer(clock, 0)), jobs, clock, ids, zone, quotas),
            publication=publication,
            calculator=SimpleEvalCalculator(),
        ),
        PydanticArgumentReader(),
    )
    return Library(
        rooms=rooms,
        messages=Messages(work, InMemoryMessageLog(store, publication), jobs, clock, ids),
        mentioning=Mentioning(work),
        reacting=Reacting(work, EmojiCatalogue()),
        pins=Pins(work, clock),
        matters=Matters(work, clock, ids),
        search=search,
        embedding=Embedding(work, meanings, clock),
        asking=Asking(work, jobs, clock, ids, quotas=quotas),
        answering=Answering(
            work=work,
            composing=Composing(work, search.recall, accounts.names_of, clock, zone, AnswerPace()),
            dialogue=Dialogue(work, model or MockChatModel(clock, pause=0), toolbox, publication, clock, zone),
            partial_answers=partial_answers,
            publication=publication,
            jobs=jobs,
            clock=clock,
            ids=ids,
            pace=AnswerPace(),
        ),
        streams=RoomStreams(work, partial_answers),
        calendar=calendar,
        work=work,
    )
