"""What waits to be written: everything that one socket has waiting at the same moment leaves in one system call."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

from adapters.websocket.tally import Tally

if TYPE_CHECKING:
    from adapters.websocket.channel import Channel
    from adapters.websocket.connection import Connection


class Outbox:
    """Collects for one turn of the event loop, then writes each socket once."""

    __slots__ = ("_channels", "_connections", "_handed_out", "_loop", "_scheduled", "seconds_per_write", "tally")

    def __init__(self, tally: Tally | None = None) -> None:
        self.tally = tally or Tally()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._channels: list[Channel] = []
        self._connections: list[Connection] = []
        self._scheduled = False
        self._handed_out: list[float] = []
        self.seconds_per_write = 0.0

    def add_channel(self, channel: Channel) -> None:
        """A room has frames for its listeners."""
        self._channels.append(channel)
        self._schedule()

    def add_connection(self, connection: Connection) -> None:
        """A socket has frames waiting."""
        self._connections.append(connection)
        self._schedule()

    def handed_out(self, since: float) -> None:
        """A room that had frames waiting since then has given them to its listeners, which are about to be written."""
        self._handed_out.append(since)

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            if self._loop is None:
                self._loop = asyncio.get_running_loop()
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        channels, self._channels = self._channels, []
        for channel in channels:
            channel.hand_out()
        connections, self._connections = self._connections, []
        self._scheduled = False
        started = perf_counter()
        for connection in connections:
            connection.flush()
        if connections:
            ended = perf_counter()
            self.seconds_per_write = (ended - started) / len(connections)
            self._tell_how_long(ended)

    def _tell_how_long(self, ended: float) -> None:
        handed_out, self._handed_out = self._handed_out, []
        fanned_out = self.tally.fanned_out
        if fanned_out is not None:
            for since in handed_out:
                fanned_out(ended - since)
