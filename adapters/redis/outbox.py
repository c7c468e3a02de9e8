"""What waits to be published on one Redis node."""

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as ConnectionLost

from adapters.redis.kept import keep_connected
from adapters.redis.nodes import Node, Verbs
from adapters.redis.notices import payload
from adapters.redis.pace import BusPace
from adapters.redis.pauses import Pauses
from application.ports.clock import Clock

_log = logging.getLogger(__name__)

_PAYLOAD_BYTES = 256 * 1024
_BATCH_BYTES = 4 * 1024 * 1024
_BATCH_COMMANDS = 1024
_GAPS = 10_000
_GOODBYE_SECONDS = 1.0


class Outbox:
    """Sends records in the order they were put in, as many at once as wait.

    What finds no room, or no Redis, is dropped and counted, and nothing old is kept for when Redis is back. Instead
    its channels are noted, and told by an empty payload that they missed something.
    """

    def __init__(
        self, node: Node, verbs: Verbs, head: bytes, misplaced: Callable[[], None], clock: Clock, pace: BusPace
    ) -> None:
        self._node = node
        self._verbs = verbs
        self._head = head
        self._clock = clock
        self._pace = pace
        self._pauses = Pauses(pace.first_pause, pace.longest_pause)
        self._misplaced = misplaced
        self._runs: list[_Run] = []
        self._unanswered: deque[_Run] = deque()
        self._waiting_notices = 0
        self._waiting_bytes = 0
        self._gaps: dict[bytes, None] = {}
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._answered = asyncio.Event()
        self._alive = False
        self._asking = False
        self._complained = False
        self._keeping: asyncio.Task[None] | None = None
        self.tried = asyncio.Event()
        self.is_up = False
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Notices that wait to be sent."""
        return self._waiting_notices

    def start(self) -> None:
        self._keeping = asyncio.create_task(
            keep_connected(self._node, self._session, self._lose, self._pauses, self._clock)
        )

    async def stop(self) -> None:
        """Send what waits, if Redis takes it at once, and end."""
        if self._keeping is not None:
            if self.is_up:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_GOODBYE_SECONDS):
                        await self._emptied.wait()
            self._keeping.cancel()
            await asyncio.wait({self._keeping})

    def put(self, channel: bytes, record: bytes) -> None:
        """Send off a record."""
        if not self.is_up or self._is_full(len(record)):
            self._drop(channel, 1)
            return
        self._emptied.clear()
        self._waiting_notices += 1
        self._waiting_bytes += len(record)
        last = self._runs[-1] if self._runs else None
        if last is not None and last.channel == channel and last.size + len(record) <= _PAYLOAD_BYTES:
            last.add(record)
        else:
            self._runs.append(_Run(channel, record))
        self._filled.set()

    def _is_full(self, size: int) -> bool:
        if not self._waiting_notices:
            return False
        return (
            self._waiting_notices >= self._pace.waiting_notices or self._waiting_bytes + size > self._pace.waiting_bytes
        )

    def _drop(self, channel: bytes, notices: int) -> None:
        self.dropped += notices
        if len(self._gaps) < _GAPS:
            self._gaps[channel] = None

    def _lose(self, reason: str) -> None:
        if not self._complained:
            _log.warning("publishing to Redis is not possible: %s", reason)
        self._complained = True
        self.is_up = False
        self.tried.set()
        for run in (*self._unanswered, *self._runs):
            if run is not _PING:
                self._drop(run.channel, len(run.records))
        self._unanswered.clear()
        self._runs.clear()
        self._waiting_notices = self._waiting_bytes = 0
        self._misplaced()

    async def _session(self, connection: AbstractConnection) -> None:
        self.is_up = True
        self._alive = True
        self._answered.set()
        self._filled.set()
        self.tried.set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_all(connection))
            tasks.create_task(self._ask_whether_alive())
            await self._read_all(connection)

    async def _write_all(self, connection: AbstractConnection) -> None:
        while True:
            await self._filled.wait()
            runs = self._take()
            if not runs:
                self._filled.clear()
                self._emptied.set()
                continue
            self._unanswered.extend(runs)
            self._answered.clear()
            packed = connection.pack_commands([self._command(run) for run in runs])
            await connection.send_packed_command(packed, check_health=False)
            await self._answered.wait()

    async def _read_all(self, connection: AbstractConnection) -> None:
        # Also while nothing is under way: so a connection that is cut is noticed at once.
        while True:
            await connection.read_response(timeout=math.inf, disconnect_on_error=False)
            self._alive = True
            run = self._unanswered.popleft()
            self._waiting_notices -= len(run.records)
            self._waiting_bytes -= run.size
            if not self._unanswered:
                self._answered.set()
                self._complained = False
                self._pauses.reset()

    async def _ask_whether_alive(self) -> None:
        while True:
            await self._clock.sleep(self._pace.ping)
            if not self._alive:
                raise ConnectionLost("nothing was answered")
            self._alive = False
            self._asking = True
            self._filled.set()

    def _command(self, run: "_Run") -> tuple[bytes, ...]:
        if run is _PING:
            return (b"PING",)
        return (self._verbs.publish, run.channel, payload(self._head, run.records))

    def _take(self) -> "Sequence[_Run]":
        size = 0
        end = 0
        for end, run in enumerate(self._runs, start=1):
            size += run.size
            if size >= _BATCH_BYTES or end == _BATCH_COMMANDS:
                break
        taken = self._runs[:end]
        del self._runs[:end]
        taken += [_Run(channel) for channel in self._gaps]
        self._gaps.clear()
        if self._asking:
            self._asking = False
            taken.append(_PING)
        return taken


class _Run:
    """Records for one channel, one after the other."""

    __slots__ = ("channel", "records", "size")

    def __init__(self, channel: bytes, *records: bytes) -> None:
        self.channel = channel
        self.records = list(records)
        self.size = sum(map(len, records))

    def add(self, record: bytes) -> None:
        self.records.append(record)
        self.size += len(record)


_PING = _Run(b"")
"""Stands among the runs for a question whether Redis is alive."""
