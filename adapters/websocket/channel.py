"""One room as this server hears it: its place in the log, and the sockets that listen."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from adapters.websocket.connection import Connection
from adapters.websocket.framing import text_frame
from adapters.websocket.joining import WAITING_LIMIT, Joining
from adapters.websocket.outbox import Outbox
from application.ports.event_bus import Notice
from domain.ids import RoomId, UserId

_log = logging.getLogger(__name__)

_GATHERING = 0.004
_SHORTEST_WAIT = 0.0005  # the event loop's timers know whole milliseconds


class Channel:
    """Delivers a room's events in the order of their seq, each once, and fetches what the bus has lost.

    Frames that arrive in one turn of the event loop are joined and written once to each socket. While the room is busy
    (the last flush had more than one frame), frames wait after a flush for a third of what it cost (up to 4 ms, though
    no more than four times the cost, where that is longer), which lets more of them share a write.
    """

    __slots__ = (
        "_busy",
        "_dropped",
        "_early",
        "_fetch",
        "_handed_out_at",
        "_loop",
        "_outbox",
        "_repair",
        "_scheduled",
        "_target",
        "_waiting",
        "_waiting_since",
        "joining",
        "live",
        "room_id",
        "seq",
    )

    def __init__(
        self,
        room_id: RoomId,
        outbox: Outbox,
        fetch: Callable[[RoomId, int], Awaitable[Sequence[Notice]]],
        dropped: Callable[[str, RoomId], None] | None = None,
    ) -> None:
        self.room_id = room_id
        self.seq: int | None = None
        self.live: dict[Connection, None] = {}
        self.joining: dict[Connection, Joining] = {}
        self._outbox = outbox
        self._fetch = fetch
        self._dropped = dropped
        self._loop = asyncio.get_running_loop()
        self._early: list[Notice] = []
        self._waiting: list[bytes] = []
        self._waiting_since = 0.0
        self._scheduled = False
        self._handed_out_at = 0.0
        self._busy = False
        self._repair: asyncio.Task[None] | None = None
        self._target = 0

    def begin(self, seq: int) -> None:
        """Take ``seq`` as the place from which on everything is delivered, unless one is known."""
        if self.seq is not None:
            return
        self.seq = seq
        early, self._early = self._early, []
        for notice in early:
            self.take(notice)
        self.catch_up_to(self._target)

    def take(self, notice: Notice) -> None:
        """Take in what the bus brings."""
        if notice.seq is None:
            self._deliver(notice)
        elif self.seq is None:
            if len(self._early) < WAITING_LIMIT:
                self._early.append(notice)
            self._target = max(self._target, notice.seq)
        elif notice.seq == self.seq + 1:
            self.seq = notice.seq
            self._deliver(notice)
        elif notice.seq > self.seq:
            self.catch_up_to(notice.seq)

    def catch_up_to(self, seq: int) -> None:
        """Fetch from the log what is missing up to ``seq``, in the background."""
        self._target = max(self._target, seq)
        if self._repair is None and self.seq is not None and self.seq < self._target:
            self._repair = self._loop.create_task(self._fill())
            self._repair.add_done_callback(_log_failure)

    async def reach(self, seq: int) -> None:
        """Wait until all up to ``seq`` that the log holds is delivered. Raises Unavailable where it cannot be read."""
        self.catch_up_to(seq)
        while (repair := self._repair) is not None:
            await asyncio.wait((repair,))
            if not repair.cancelled():
                repair.result()

    async def _fill(self) -> None:
        try:
            self._outbox.tally.gaps_filled += 1
            while self.seq is not None and self.seq < self._target:
                missing = await self._fetch(self.room_id, self.seq)
                if not missing:
                    return
                for notice in missing:
                    if notice.seq == self.seq + 1:
                        self.take(notice)
        finally:
            self._repair = None
            self._target = self.seq or 0

    def cut(self, user_id: UserId, seq: int) -> None:
        """Let nothing more through to a person's sockets, who was taken out by the event ``seq``."""
        for connection in [c for c in self.live if c.actor.id == user_id]:
            self.drop(connection)
        for connection, joining in self.joining.items():
            if connection.actor.id == user_id:
                joining.removed_at = max(joining.removed_at, seq)

    def drop(self, connection: Connection) -> None:
        """A socket hears this room no more."""
        self.live.pop(connection, None)
        self.joining.pop(connection, None)
        connection.channels.pop(self.room_id, None)
        if self._dropped is not None:
            self._dropped(connection.id, self.room_id)

    def close(self) -> None:
        """The room is gone: send what waits, then let every socket go."""
        self.hand_out()
        for connection in [*self.live, *self.joining]:
            self.drop(connection)
        if self._repair is not None:
            self._repair.cancel()

    def _deliver(self, notice: Notice) -> None:
        if notice.removes is not None and notice.seq is not None:
            self.hand_out()
            self.cut(notice.removes[1], notice.seq)
        data = text_frame(notice.body)
        for joining in self.joining.values():
            joining.take(notice, data)
        if notice.origin is not None or notice.unheard_by is not None:
            self.hand_out()
            for connection in self.live:
                if connection.hears(notice):
                    connection.write(data)
            return
        self._waiting.append(data)
        if not self._scheduled:
            self._scheduled = True
            now = self._waiting_since = perf_counter()
            cost = len(self.live) * self._outbox.seconds_per_write
            gathering = max(cost / 3, min(cost * 4, _GATHERING)) if self._busy else 0.0
            wait = self._handed_out_at + cost + gathering - now
            if wait < _SHORTEST_WAIT:
                self._outbox.add_channel(self)
            else:
                self._loop.call_later(wait, self._outbox.add_channel, self)

    def hand_out(self) -> None:
        """Give what waits to every live socket."""
        self._scheduled = False
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        data = waiting[0] if len(waiting) == 1 else b"".join(waiting)
        self._handed_out_at = perf_counter()
        self._busy = len(waiting) > 1
        for connection in self.live:
            connection.write(data)
        if self.live:
            self._outbox.handed_out(self._waiting_since)


def _log_failure(repair: asyncio.Task[None]) -> None:
    if not repair.cancelled() and (error := repair.exception()) is not None:
        _log.warning("a gap in a room could not be filled yet: %s", type(error).__name__)
