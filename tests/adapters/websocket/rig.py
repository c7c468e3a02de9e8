"""A hub over the adapters in memory, with a bus and sockets that the test moves by hand."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_websocket import WebSocketReader

from adapters.websocket.connection import Connection
from adapters.websocket.hub import Hub
from adapters.wire.encoder import WireEncoder
from application.limits import Limits
from application.ports.event_bus import Notice
from application.ports.tokens import Claims
from application.streams import Catchup, RoomStreams
from domain.errors import Unavailable
from domain.events import LoggedEvent
from domain.ids import RoomId, UserId
from domain.users import Actor
from tests.builders import START, eventually
from tests.in_memory import InMemoryJarvis

CLOSE = 8
STEPS = ("join", "joined", "unfinished_answer")
"""Of a join, at each of which something may happen: see ``HeldStreams.before``."""

Json = dict[str, Any]


class HandBus:
    """A bus on which nothing moves until the test says so.

    ``waiting`` is what was published and concerns somebody here, oldest first.
    """

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.waiting: list[Notice] = []
        self.subjects: set[RoomId | UserId] = set()
        self._bus = jarvis.bus
        self._bus.attach(self.waiting.extend, lambda: None)

    def publish(self, notices: Sequence[Notice]) -> None:
        self._bus.publish(notices)

    def attach(self, receive: Callable[[Sequence[Notice]], None], reconnected: Callable[[], None]) -> None:
        self.receive, self.come_back = receive, reconnected

    async def listen(self, subject: RoomId | UserId) -> None:
        self.subjects.add(subject)
        await self._bus.listen(subject)

    async def forget(self, subject: RoomId | UserId) -> None:
        self.subjects.discard(subject)
        await self._bus.forget(subject)

    def lose(self) -> list[Notice]:
        """What waits is gone; the test may have it."""
        lost = list(self.waiting)
        self.waiting.clear()
        return lost

    def deliver(self) -> None:
        """Hand over all that waits."""
        self.receive(self.lose())

    def at_once(self) -> None:
        """From now on hand over whatever is published."""
        self._bus.attach(self.receive, self.come_back)


class HeldStreams(RoomStreams):
    """Streams that do first what the test wants to happen in the middle of a join, and fail while ``away``."""

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        super().__init__(jarvis.work, jarvis.partial_answers, jarvis.limits)
        self.away = False
        self.reads = 0
        self._before: dict[str, list[Callable[[], Awaitable[object]]]] = {}

    def before(self, step: str, action: Callable[[], Awaitable[object]]) -> None:
        """Do this once, just before the next call of ``join``, ``missing`` or ``unfinished_answer``; an action given as
        ``joined`` runs just after the next ``join``."""
        self._before.setdefault(step, []).append(action)

    async def join(self, actor: Actor, room_id: RoomId, since: int | None) -> Catchup:
        await self._reach("join")
        catchup = await super().join(actor, room_id, since)
        await self._reach("joined")
        return catchup

    async def missing(self, room_id: RoomId, after: int) -> Sequence[LoggedEvent]:
        await self._reach("missing")
        return await super().missing(room_id, after)

    async def newest(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, int]:
        await self._reach("newest")
        return await super().newest(room_ids)

    async def unfinished_answer(self, room_id: RoomId) -> Any:
        await self._reach("unfinished_answer")
        return await super().unfinished_answer(room_id)

    async def _reach(self, step: str) -> None:
        actions = self._before.pop(step, [])
        for action in actions:
            await action()
        self.reads += 1
        if self.away:
            raise Unavailable


class Wire(asyncio.Transport):
    """The other end of a socket: ``writes`` are the system calls it would take, ``unread`` the bytes that wait."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.unread = 0
        self.keeps = False
        self.closed = False
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.closed, "written to after its end"
        self.writes.append(bytes(data))
        if self.keeps:
            self.unread += len(data)

    def get_write_buffer_size(self) -> int:
        return self.unread

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def abort(self) -> None:
        self.closed = self.aborted = True


class Ear:
    """A connection, and what has been written to it."""

    def __init__(self, hub: Hub, actor: Actor, number: int, buffer: int) -> None:
        self.wire = Wire()
        self.drained = 0
        self.connection = Connection(
            f"socket-{number}",
            actor,
            Claims(actor.id, f"token-{actor.id}", START.replace(year=2027)),
            web.WebSocketResponse(decode_text=False),
            self.wire,
            self._drain,
            hub.outbox,
            buffer,
        )

    async def _drain(self) -> None:
        self.drained += 1
        self.wire.unread = 0

    @property
    def events(self) -> list[Json]:
        """All messages so far."""
        return [json.loads(payload) for opcode, payload in frames(b"".join(self.wire.writes)) if opcode == 1]

    @property
    def close_code(self) -> int | None:
        """The code of the close frame, where there was one."""
        codes = [int.from_bytes(p[:2]) for opcode, p in frames(b"".join(self.wire.writes)) if opcode == CLOSE]
        return codes[0] if codes else None

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events if "seq" in event]

    def payloads(self, type_: str) -> list[Json]:
        return [event["payload"] for event in self.events if event["type"] == type_]


class Rig:
    """The hub, and people with sockets and rooms."""

    def __init__(self, *, replay_page: int = 500, buffer: int = 1 << 20) -> None:
        self.jarvis = InMemoryJarvis(encoder=WireEncoder(), limits=Limits(replay_page=replay_page))
        self.bus = HandBus(self.jarvis)
        self.streams = HeldStreams(self.jarvis)
        self.hub = Hub(self.bus, self.streams, WireEncoder(), self.jarvis.clock, may_stay=self.jarvis.accounts.may_stay)
        self._buffer = buffer
        self._sockets = 0

    async def socket(self, actor: Actor, *rooms: RoomId) -> Ear:
        """A socket of this person's that has joined the rooms."""
        self._sockets += 1
        ear = Ear(self.hub, actor, self._sockets, self._buffer)
        await self.hub.enter(ear.connection)
        for room_id in rooms:
            await self.hub.join(ear.connection, room_id)
        await self.quiet()
        return ear

    @staticmethod
    def claims(ear: Ear) -> Claims:
        """Of the token with which a socket came."""
        return ear.connection.claims

    async def people_in_a_room(self, *names: str) -> tuple[RoomId, list[Actor]]:
        """A room of the first one's, with all of them in it."""
        people = await self.jarvis.people(*names)
        return (await self.jarvis.room(people[0], *people[1:])).room.id, people

    async def say(self, actor: Actor, room_id: RoomId, *texts: str) -> None:
        for text in texts:
            await self.jarvis.messages.send(actor, room_id, text)

    async def quiet(self) -> None:
        """Wait until nothing is left to write."""
        for _ in range(3):
            await asyncio.sleep(0)
        await eventually(
            lambda: (
                not self.hub.outbox._scheduled
                and not any(c._scheduled or c._repair is not None for c in self.hub._channels.values())
            )
        )


async def join(rig: Rig, ear: Ear, room_id: RoomId, since: int | None = None) -> None:
    """Let a socket join, and wait until it has been told so."""
    await rig.hub.join(ear.connection, room_id, since)
    await rig.quiet()


def frames(data: bytes) -> list[tuple[int, bytes]]:
    """Opcodes and payloads, as aiohttp reads them."""
    loop = asyncio.get_running_loop()
    queue = WebSocketDataQueue(BaseProtocol(loop), 1 << 30, loop=loop)
    reader = WebSocketReader(queue, 0, compress=False, decode_text=False)
    failed, _ = reader.feed_data(data)
    assert not failed, queue.exception()
    read = []
    for message, _ in queue._buffer:
        code = message.data if isinstance(message.data, int) else None
        payload = code.to_bytes(2, "big") if code is not None else message.data or b""
        read.append((int(message.type), payload))
    return read
