"""The channels that this server hears on one Redis node, whatever happens to the connection."""

import asyncio
import logging
import math
from collections import deque
from typing import Protocol

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as ConnectionLost

from adapters.redis.kept import keep_connected
from adapters.redis.nodes import Node, Verbs
from adapters.redis.pace import BusPace
from adapters.redis.pauses import Pauses
from application.ports.clock import Clock

_log = logging.getLogger(__name__)

_PING = b"PING"
_Command = tuple[tuple[bytes, ...], asyncio.Future[bool] | None]
"""What is written, and whom its answer confirms something to."""


class Listener(Protocol):
    """Who is told what a subscription hears and how it fares."""

    def heard(self, channel: bytes, payload: bytes) -> None: ...

    def restored(self) -> None:
        """The connection was lost, and now all channels are heard again."""

    def misplaced(self) -> None:
        """The node is away, or another one carries a channel."""


class Subscription:
    """One connection that is made again, with all its channels, whenever it is lost."""

    def __init__(self, node: Node, verbs: Verbs, listener: Listener, clock: Clock, pace: BusPace) -> None:
        self._node = node
        self._verbs = verbs
        self._listener = listener
        self._clock = clock
        self._pace = pace
        self._pauses = Pauses(pace.first_pause, pace.longest_pause)
        self._confirmations: dict[bytes, asyncio.Future[bool]] = {}
        self._unwritten: list[_Command] = []
        self._unanswered: deque[_Command] = deque()
        self._to_write = asyncio.Event()
        self._doubted = asyncio.Event()
        self._alive = False
        self._asked_at = 0.0
        self._keeping: asyncio.Task[None] | None = None
        self.tried = asyncio.Event()
        self.is_away = False
        self.lag = 0.0
        """Seconds that the last ping took to come back, behind all that was to be heard before it."""

    def start(self) -> None:
        self._keeping = asyncio.create_task(
            keep_connected(self._node, self._session, self._lose, self._pauses, self._clock)
        )

    async def stop(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.wait({self._keeping})
        for confirmation in self._confirmations.values():
            _settle(confirmation, confirmed=False)

    def confirms(self, channel: bytes) -> bool:
        """Whether Redis has confirmed that the channel is heard."""
        confirmation = self._confirmations.get(channel)
        return confirmation is not None and confirmation.done() and confirmation.result()

    async def add(self, channel: bytes) -> None:
        """Hear a channel: from the return on, or where Redis is away, from when it is back."""
        confirmation = self.want(channel)
        if self.is_away or confirmation.done():
            return
        await asyncio.wait({confirmation}, timeout=self._pace.patience)
        if not confirmation.done():
            self.is_away = True
            self._doubted.set()

    def want(self, channel: bytes) -> asyncio.Future[bool]:
        """Hear a channel as soon as may be."""
        confirmation = self._confirmations.get(channel)
        if confirmation is None:
            confirmation = self._confirmations[channel] = asyncio.get_running_loop().create_future()
            self._write(((self._verbs.subscribe, channel), confirmation))
        return confirmation

    def remove(self, channel: bytes) -> None:
        """Hear a channel no more."""
        confirmation = self._confirmations.pop(channel, None)
        if confirmation is not None:
            _settle(confirmation, confirmed=False)
            self._write(((self._verbs.unsubscribe, channel), None))

    def _write(self, command: _Command) -> None:
        self._unwritten.append(command)
        self._to_write.set()

    async def _session(self, connection: AbstractConnection) -> None:
        self._alive = True
        self._doubted.clear()
        self._unanswered.clear()
        self._unwritten = [((self._verbs.subscribe, channel), c) for channel, c in self._confirmations.items()]
        self._to_write.set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_all(connection))
            tasks.create_task(self._ask_whether_alive())
            tasks.create_task(self._heed_doubt())
            tasks.create_task(self._restore())
            await self._read_all(connection)

    def _lose(self, reason: str) -> None:
        if not self.is_away or not self.tried.is_set() or self._doubted.is_set():
            _log.warning("a subscription to Redis is lost: %s", reason)
        self.is_away = True
        self._doubted.clear()
        self.tried.set()
        self._unwritten.clear()
        loop = asyncio.get_running_loop()
        for channel, confirmation in self._confirmations.items():
            _settle(confirmation, confirmed=False)
            self._confirmations[channel] = loop.create_future()
        self._listener.misplaced()

    async def _restore(self) -> None:
        if self._confirmations:
            await asyncio.wait(list(self._confirmations.values()))
        was_away, self.is_away = self.is_away, False
        self.tried.set()
        self._pauses.reset()
        if was_away:
            _log.info("a subscription to Redis is back")
            self._listener.restored()

    async def _write_all(self, connection: AbstractConnection) -> None:
        while True:
            await self._to_write.wait()
            self._to_write.clear()
            commands, self._unwritten = self._unwritten, []
            self._unanswered.extend(command for command in commands if command[0][0] != _PING)
            packed = connection.pack_commands([words for words, _ in commands])
            await connection.send_packed_command(packed, check_health=False)

    async def _ask_whether_alive(self) -> None:
        while True:
            await self._clock.sleep(self._pace.ping)
            if not self._alive:
                raise ConnectionLost("nothing was heard")
            self._alive = False
            self._asked_at = asyncio.get_running_loop().time()
            self._write(((_PING,), None))

    async def _heed_doubt(self) -> None:
        await self._doubted.wait()
        raise ConnectionLost("a channel was not confirmed")

    async def _read_all(self, connection: AbstractConnection) -> None:
        while True:
            reply = await connection.read_response(disable_decoding=True, timeout=math.inf, disconnect_on_error=False)
            self._alive = True
            if reply[0] == self._verbs.heard:
                self._listener.heard(reply[1], reply[2])
            elif isinstance(reply, list) and reply[0] != b"pong":
                self._take_answer(reply[0].upper(), reply[1])
            else:
                self.lag = asyncio.get_running_loop().time() - self._asked_at

    def _take_answer(self, verb: bytes, channel: bytes) -> None:
        if not self._unanswered or self._unanswered[0][0] != (verb, channel):
            # A node that gives a slot away takes its listeners off unasked.
            raise ConnectionLost("a channel has moved")
        _, confirmation = self._unanswered.popleft()
        if confirmation is not None:
            _settle(confirmation, confirmed=True)


def _settle(confirmation: asyncio.Future[bool], *, confirmed: bool) -> None:
    if not confirmation.done():
        confirmation.set_result(confirmed)
