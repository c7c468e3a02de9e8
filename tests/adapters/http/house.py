"""The REST side over the adapters in memory, served on loopback, with a look behind the scenes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from adapters.data_go_kr.holidays import DataGoKrHolidays
from adapters.emoji.catalogue import EmojiCatalogue
from adapters.holidays_library.calendar import LibraryHolidays
from adapters.http.app import HttpOptions, HttpParts, build_app
from adapters.ical.files import IcalFiles
from adapters.ical.recurrence import IcalRecurrence
from adapters.memory.cache import InMemoryCache
from adapters.memory.call_board import InMemoryCallBoard
from adapters.memory.event_bus import InMemoryEventBus
from adapters.memory.holiday_almanac import InMemoryHolidayAlmanac
from adapters.memory.job_queue import InMemoryJobQueue
from adapters.memory.message_log import InMemoryMessageLog
from adapters.memory.presence import InMemoryPresenceBoard
from adapters.memory.rate_limits import InMemoryRateLimits
from adapters.memory.revoked_tokens import InMemoryRevokedTokens
from adapters.memory.store import InMemoryStore
from adapters.memory.unit_of_work import InMemoryWork
from adapters.mock.embedder import MockEmbedder
from adapters.mock.ideas import MockIdeas
from adapters.mock.pulse_writer import MockPulseWriter
from adapters.mock.summarizer import MockSummarizer
from adapters.mock.transcriber import MockTranscriber
from adapters.mock.translator import MockTranslator
from adapters.naver.news import NaverNews
from adapters.outbound.addresses import Exceptions
from adapters.outbound.client import GuardedClient
from adapters.pages.previews import PagePreviews
from adapters.pyav.sounds import PyAvSounds
from adapters.security.hook_secrets import DerivedHookSecrets
from adapters.security.secrets import SystemSecrets
from adapters.security.tokens import JwtTokens
from application.accounts import Accounts
from application.attaching import Attaching
from application.bots import Bots
from application.calendar.feeds import CalendarFeeds
from application.calendar.imports import CalendarImport
from application.calendar.plan import Calendar
from application.calls import Calls
from application.cards import Cards
from application.catching_up import CatchingUp
from application.health import Health
from application.holidays import Holidays
from application.ice_servers import IceServers, Relays
from application.ideas import WeeklyIdeas
from application.incoming_hooks import IncomingHooks
from application.insights import Insights
from application.jarvis.ask import Asking
from application.jarvis.usage import DailyQuota, Quotas
from application.jobs import Jobs
from application.knowledge import Knowledge
from application.ledger import Ledger
from application.matters import Matters
from application.meanings import Meanings
from application.mentions import Mentioning
from application.messages import Messages
from application.minutes import Minutes
from application.news import News
from application.outgoing_hooks import OutgoingHooks
from application.pins import Pins
from application.ports.mailer import Mailer
from application.publication import Publication
from application.pulse import Pulse
from application.reactions import Reacting
from application.reading import Reading
from application.recordings import RecordingLimits, Recordings
from application.registration import Policy
from application.remembered import Remembered
from application.roles import Roles
from application.room_translation import RoomTranslation
from application.rooms import Rooms
from application.search import Search
from application.specifying import Specifying
from application.speech import Speech
from application.summaries import Summaries
from application.throttle import Rates, Throttle
from application.translation import Translation
from domain.ideas import CardLimits
from domain.ids import MessageId, RoomId
from domain.users import Actor, User
from tests.builders import SEOUL, EventRecorder, FakeClock, SequenceIds, SequenceSecrets
from tests.described import check_answer
from tests.in_memory import the_doors, the_files

SECRET = "a secret for tests that is long enough"
NOW = datetime(2020, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
LIFETIME = timedelta(days=365 * 100)
"""So long that the tokens of a clock that stands in 2020 are good by the clock of any machine."""


@dataclass
class Part:
    """A part whose health the test decides on."""

    service: str
    well: bool = True

    async def is_well(self) -> bool:
        return self.well


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def outcome(self) -> tuple[int, str]:
        """Status and code of a refusal, whose body must have the shape of the contract."""
        content = self.json
        assert set(content) - {"details"} == {"error", "message", "requestId"}
        assert content["message"]
        assert content["requestId"] == self.headers["X-Request-Id"]
        for detail in content.get("details", ()):
            assert set(detail) == {"field", "message"}
        assert ("details" in content) >= (content["error"] == "VALIDATION_FAILED")
        return self.status, content["error"]


class House:
    """A server and all that it stands on."""

    def __init__(self, rates: Rates | None = None, mailer: Mailer | None = None, policy: Policy = Policy.OPEN) -> None:
        self.clock, self.ids = FakeClock(NOW), SequenceIds()
        self.recorder, self.presence = EventRecorder(), InMemoryPresenceBoard()
        self.database, self.redis = Part("database"), Part("redis")
        self.store = InMemoryStore(self.clock)
        publication = Publication(self.recorder, InMemoryEventBus())
        self.work = InMemoryWork(self.store, publication)
        self.tokens = JwtTokens(SECRET, self.clock, self.ids, LIFETIME, LIFETIME)
        self.revoked = InMemoryRevokedTokens(self.clock)
        self.accounts = Accounts(self.work, self.tokens, self.revoked, self.presence, publication, self.clock, self.ids)
        self.jobs, self.mailer = InMemoryJobQueue(), mailer
        self.doors = the_doors(self.work, self.tokens, self.jobs, self.clock, self.ids, mailer=mailer, policy=policy)
        self.rooms = Rooms(self.work, self.presence, self.clock, self.ids)
        log = InMemoryMessageLog(self.store, publication)
        self.messages = Messages(self.work, log, InMemoryJobQueue(), self.clock, self.ids)
        self.files = the_files(self.work, self.jobs, self.clock, self.ids)
        files = IcalFiles(IcalRecurrence(), "Asia/Seoul")
        self.asking = Asking(self.work, InMemoryJobQueue(), self.clock, self.ids)
        translation = Translation(MockTranslator(), Remembered(InMemoryCache(self.clock), self.clock, self.ids))
        self.quotas = quotas = Quotas(self.work, self.clock, SEOUL, DailyQuota(requests=3, tokens=1000))
        self.parts = HttpParts(
            accounts=self.accounts,
            doors=self.doors,
            rooms=self.rooms,
            messages=self.messages,
            attaching=Attaching(self.work, self.files, self.messages),
            bots=Bots(self.work, self.tokens, self.clock, self.ids, LIFETIME),
            files=self.files,
            catching_up=CatchingUp(
                self.work,
                Summaries(MockSummarizer(self.clock, 0)),
                InMemoryJobQueue(),
                publication,
                self.clock,
                self.ids,
                quotas,
            ),
            calls=Calls(self.work, InMemoryCallBoard(), publication, self.clock, self.ids),
            ice_servers=IceServers(Relays(), self.clock),
            ideas=WeeklyIdeas(self.work, MockIdeas(), self.jobs, self.clock, self.ids, UTC, quotas),
            knowledge=Knowledge(self.work),
            cards=Cards(self.work, self.clock, self.ids, CardLimits(title=100, text=1000)),
            incoming_hooks=IncomingHooks(self.work, SequenceSecrets(), self.clock, self.ids),
            outgoing_hooks=OutgoingHooks(
                self.work,
                GuardedClient(Exceptions()),
                DerivedHookSecrets(SECRET),
                SequenceSecrets(),
                self.clock,
                self.ids,
            ),
            speech=Speech(self.work, self.messages, PyAvSounds(), MockTranscriber(), quotas),
            recordings=Recordings(
                work=self.work,
                sounds=PyAvSounds(),
                transcriber=MockTranscriber(),
                summaries=Summaries(MockSummarizer(self.clock, 0)),
                jobs=InMemoryJobQueue(),
                clock=self.clock,
                ids=self.ids,
                zone=UTC,
                quotas=quotas,
                limits=RecordingLimits(),
            ),
            ledger=Ledger(
                Matters(self.work, self.clock, self.ids),
                Pulse(
                    self.work,
                    Summaries(MockSummarizer(self.clock, 0)),
                    MockPulseWriter(),
                    InMemoryJobQueue(),
                    self.clock,
                    self.ids,
                    UTC,
                    quotas,
                ),
                Specifying(self.work),
                Insights(self.work, self.clock, UTC),
            ),
            minutes=Minutes(
                self.work,
                Summaries(MockSummarizer(self.clock, 0)),
                InMemoryJobQueue(),
                self.clock,
                self.ids,
                UTC,
                quotas,
            ),
            holidays=Holidays(
                DataGoKrHolidays("http://127.0.0.1", None), LibraryHolidays(), InMemoryHolidayAlmanac(), self.clock
            ),
            mentioning=Mentioning(self.work),
            reacting=Reacting(self.work, EmojiCatalogue()),
            pins=Pins(self.work, self.clock),
            reading=Reading(self.work),
            roles=Roles(self.work),
            asking=self.asking,
            quotas=quotas,
            jobs=Jobs(self.work, self.clock),
            news=News(
                self.work,
                NaverNews("http://127.0.0.1", None, None),
                PagePreviews(GuardedClient(Exceptions())),
                Remembered(InMemoryCache(self.clock), self.clock, self.ids),
            ),
            calendar=Calendar(self.work, IcalRecurrence(), self.clock, self.ids),
            calendar_feeds=CalendarFeeds(self.work, files, SystemSecrets(), self.clock),
            calendar_import=CalendarImport(self.work, files, self.clock, self.ids),
            search=Search(self.work, Meanings(self.work, MockEmbedder(), self.clock), self.clock),
            translation=translation,
            room_translation=RoomTranslation(self.work, translation),
            health=Health([self.database, self.redis]),
            clock=self.clock,
            ids=self.ids,
            claims_of=self.tokens.claims_of,
            throttle=Throttle(InMemoryRateLimits(self.clock), rates),
        )
        self._client: TestClient[web.Request, web.Application] | None = None

    async def open(self, options: HttpOptions) -> None:
        self.options = options
        await self.serve(build_app(self.parts, options))

    async def serve(self, app: web.Application) -> None:
        """Serve this app instead of the one that is served."""
        await self.close()
        server = TestServer(app, host="127.0.0.1")
        await server.start_server(access_log=None)
        self._client = TestClient(server)
        await self._client.start_server()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    @property
    def client(self) -> TestClient[web.Request, web.Application]:
        assert self._client is not None
        return self._client

    async def call(
        self,
        method: str,
        path: str,
        *,
        by: str | None = None,
        json: object = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a request with the token ``by`` and the body ``json`` or ``data``. The answer must be described."""
        sent = dict(headers or {})
        if by is not None:
            sent["Authorization"] = f"Bearer {by}"
        body = orjson.dumps(json) if json is not None else data
        response: ClientResponse
        async with self.client.request(method, path, data=body, headers=sent) as response:
            answer = Answer(response.status, response.headers.copy(), await response.read())
        if response.content_type == "application/json":
            check_answer(method, path, answer.status, orjson.loads(answer.body))
        return answer

    async def send_raw(self, request: bytes) -> Answer:
        """Send these bytes over a connection of their own, and read the answer to its end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.client.port)
        try:
            writer.write(request)
            async with asyncio.timeout(10):
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
            await writer.wait_closed()
        status_line, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return Answer(int(status_line.split()[1]), headers, body)

    async def person(self, name: str) -> tuple[str, User]:
        return await self.accounts.sign_in_for_development(f"{name}@local", name)

    async def room(self, owner: User, *others: User, title: str = "Room") -> RoomId:
        summary = await self.rooms.create(actor(owner), title, member_ids=[user.id for user in others])
        return summary.room.id

    async def say(self, user: User, room_id: RoomId, content: str) -> MessageId:
        return (await self.messages.send(actor(user), room_id, content)).message_id

    def kept(self) -> object:
        """All that is stored and all that was told: equal before and after a request that changes nothing."""
        return (
            list(self.store.users.values()),
            list(self.store.rooms.values()),
            [
                (list(room.members.values()), list(room.messages.values()), list(room.log.items))
                for room in self.store.contents.values()
            ],
            list(self.store.calendar_events.values()),
            len(self.revoked),
            list(self.store.sessions.values()),
            list(self.store.tickets.values()),
            list(self.store.invitations.values()),
            list(self.recorder.events),
        )


def actor(user: User) -> Actor:
    return Actor(user.id, user.name)
