"""What tests are built of: a clock moved by hand, ids in order, and people."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from application.ports.event_bus import Notice
from application.ports.tokens import Claims
from application.ports.unit_of_work import Work
from domain.errors import InvalidToken
from domain.events import Event, LoggedEvent, RoomEvent, RoomRenamed
from domain.ids import RoomId, SessionId, UserId
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

    def name_of(self, logged: LoggedEvent) -> str:
        return type(logged.event).__name__

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


def a_user(name: str, ids: SequenceIds, *, email: str | None = None, at: datetime = START) -> User:
    """A person whose email is made of the name."""
    return User(UserId(ids.new()), email or f"{name.lower()}@example.com", name, at)


async def signed_in(work: Work, user: User) -> Actor:
    """The person, known to the store."""
    async with work() as unit:
        known = await unit.users.sign_in(user, rename=False)
    return Actor(known.id, known.name)


def bare(event: LoggedEvent) -> RoomEvent:
    """What happened, without whom a renaming was told to: that is not kept."""
    return replace(event.event, told=()) if isinstance(event.event, RoomRenamed) else event.event
