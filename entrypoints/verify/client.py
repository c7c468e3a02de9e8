"""One client of a check: talks and listens in its rooms, over as many sockets as it takes."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from random import Random
from time import monotonic
from typing import Any

import aiohttp
import orjson

from entrypoints.verify.checker import PASSING_REFUSALS
from entrypoints.verify.records import Ack, Event, Evidence, Hearing, Send, Try, digest
from entrypoints.verify.wire import AWAY, Deployment, SignedIn, frame, logged

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0
_AGAIN_AFTER = 0.25
_KNOWN_FRAMES = 20_000

_sockets = count(1)


class Pulse:
    """Lets one wait for what any of the clients brings about."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def beat(self) -> None:
        """Something has changed."""
        self._changed.set()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds; False when it has not come true in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        return condition()


class Frames:
    """Frames as events. All readers of a room get the same bytes, so each is read once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[dict[str, Any], Event | None]] = {}

    def read(self, data: str) -> tuple[dict[str, Any], Event | None]:
        found = self._known.get(data)
        if found is None:
            envelope = orjson.loads(data)
            found = envelope, logged(envelope)
            if len(self._known) >= _KNOWN_FRAMES:
                self._known.clear()
            self._known[data] = found
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """What all clients of a check share."""

    deployment: Deployment
    evidence: Evidence
    pulse: Pulse
    frames: Frames
    ahead: int


class Client:
    """Somebody's device. ``rooms`` are those it joins and talks in."""

    def __init__(self, name: str, me: SignedIn, rooms: Sequence[str], place: Place, random: Random) -> None:
        self.name = name
        self.me = me
        self.rooms = tuple(rooms)
        self.server = random.choice(place.deployment.urls)
        self.unacked: dict[str, Send] = {}
        self.reached = dict.fromkeys(self.rooms, 0)
        self._place = place
        self._random = random
        self._hearings: dict[str, Hearing] = {}
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._number = 0
        self._socket = 0
        self._sends: dict[str, Send] = {}
        self._may_go_on = Pulse()
        self._later: set[asyncio.Task[None]] = set()

    @property
    def joined(self) -> bool:
        """Whether it hears all its rooms now."""
        return (
            self._ws is not None
            and len(self._hearings) == len(self.rooms)
            and all(hearing.joined is not None for hearing in self._hearings.values())
        )

    async def stay(self) -> None:
        """Be connected, at one server or another, until cancelled."""
        pause = _FIRST_PAUSE
        try:
            while True:
                try:
                    ws = await self._place.deployment.connect(self.server, self.me.token)
                except AWAY:
                    self._next_server()
                    await asyncio.sleep(pause * self._random.uniform(0.5, 1))
                    pause = min(2 * pause, _LONGEST_PAUSE)
                    continue
                async with ws:
                    before = self._heard
                    with suppress(*AWAY):
                        await self._begin(ws)
                        await self._listen(ws)
                    self._end()
                self._next_server()
                pause = _FIRST_PAUSE if self._heard > before else min(2 * pause, _LONGEST_PAUSE)
                await asyncio.sleep(pause * self._random.uniform(0, 1))
        finally:
            self._end()

    async def talk(self, per_second: float) -> None:
        """Say things until cancelled, with so many unacked ones at the most; without a rate as fast as that allows."""
        while True:
            if per_second:
                await asyncio.sleep(self._random.expovariate(per_second))
            while not await self._may_go_on.until(self._may_talk, 60):
                pass
            temp_id = f"{self.name}-{len(self._sends) + 1}"
            send = Send(self._random.choice(self.rooms), self.me.id, temp_id, digest(self._text(temp_id)))
            self._sends[temp_id] = self.unacked[temp_id] = send
            self._place.evidence.sends.append(send)
            await self._try(send)

    def cut(self) -> None:
        """Tear the connection down without a word; the next one goes to another server, where there is one."""
        if self._ws is not None:
            found = self._ws.get_extra_info("socket")
            if found is not None:
                with suppress(OSError), socket.socket(fileno=os.dup(found.fileno())) as connection:
                    connection.shutdown(socket.SHUT_RDWR)

    async def send_again(self) -> None:
        """Send everything again that is not acked."""
        for send in list(self.unacked.values()):
            await self._try(send)

    @property
    def _heard(self) -> int:
        return sum(self.reached.values())

    def _may_talk(self) -> bool:
        return self._ws is not None and len(self.unacked) < self._place.ahead

    def _next_server(self) -> None:
        others = [url for url in self._place.deployment.urls if url != self.server]
        self.server = self._random.choice(others or [self.server])

    @staticmethod
    def _text(temp_id: str) -> str:
        return f"{temp_id}: 안녕하세요, are you there?"

    async def _begin(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._socket, self._number, self._hearings = next(_sockets), 0, {}
        for room in self.rooms:
            await self._join(ws, room)
        self._ws = ws
        self._may_go_on.beat()
        await self.send_again()

    async def _join(self, ws: aiohttp.ClientWebSocketResponse, room: str) -> None:
        since = self.reached[room]
        hearing = Hearing(self.name, room, self.server, self._socket, since, monotonic())
        self._hearings[room] = hearing
        self._place.evidence.hearings.append(hearing)
        await ws.send_str(frame("room.join", roomId=room, sinceSeq=since))

    def _end(self) -> None:
        self._ws = None
        for task in self._later:
            task.cancel()
        self._place.pulse.beat()

    async def _try(self, send: Send) -> None:
        ws = self._ws
        if ws is None:
            return
        self._number += 1
        send.tries.append(Try(self._socket, self._number, monotonic()))
        text = self._text(send.temp_id)
        with suppress(*AWAY):
            await ws.send_str(frame("message.send", roomId=send.room, content=text, clientTempId=send.temp_id))

    async def _listen(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for received in ws:
            envelope, event = self._place.frames.read(received.data)
            if event is not None:
                self._hear(envelope["roomId"], event)
            else:
                self._take(envelope["type"], envelope["payload"])
            self._place.pulse.beat()

    def _hear(self, room: str, event: Event) -> None:
        hearing = self._hearings.get(room)
        if hearing is not None:
            hearing.events.append(event)
            self.reached[room] = max(self.reached[room], event.seq)

    def _take(self, type_: str, payload: dict[str, Any]) -> None:
        match type_:
            case "room.joined" | "room.resync" if (hearing := self._hearings.get(payload["roomId"])) is not None:
                if type_ == "room.resync":
                    hearing.resync = True
                    self.reached[hearing.room] = payload["seq"]
                else:
                    hearing.joined, hearing.before_joined = payload["seq"], len(hearing.events)
            case "message.ack":
                self._acked(payload)
            case "error":
                self._refused(payload)

    def _acked(self, payload: dict[str, Any]) -> None:
        temp_id = payload["clientTempId"]
        self.unacked.pop(temp_id, None)
        self._may_go_on.beat()
        self._sends[temp_id].acks.append(Ack(payload["messageId"], payload["seq"], monotonic()))

    def _refused(self, payload: dict[str, Any]) -> None:
        self._place.evidence.refusals[payload["message"]] += 1
        if payload["message"] not in PASSING_REFUSALS:
            return
        room = payload.get("roomId")
        send = self.unacked.get(payload.get("clientTempId", ""))
        if send is not None:
            wait = payload.get("retryAfterMs", 0) / 1000 or _AGAIN_AFTER * self._random.uniform(0.5, 1)
            self._do_later(wait, lambda: self._try(send))
        elif room in self._hearings and self._hearings[room].joined is None:
            # The next send would have this socket hear the room, but not what came before: begin anew with another one.
            del self._hearings[room]
            self.cut()

    def _do_later(self, wait: float, action: Callable[[], Awaitable[None]]) -> None:
        async def work() -> None:
            await asyncio.sleep(wait)
            with suppress(*AWAY):
                await action()

        task = asyncio.create_task(work())
        self._later.add(task)
        task.add_done_callback(self._later.discard)
