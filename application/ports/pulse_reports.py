"""Pulse reports, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import PulseReportId, RoomId, UserId
from domain.pulse import PulseReport


class PulseReportRepository(Protocol):
    """The reports of rooms: the newest of each is the current one."""

    async def add(self, report: PulseReport, *, keep: int) -> None:
        """Keep a new report of a room, and of the old ones as many as make ``keep`` with it."""

    async def current(self, room_id: RoomId) -> PulseReport | None:
        """The newest report of the room, or None."""

    async def find(self, room_id: RoomId, report_id: PulseReportId) -> PulseReport | None:
        """This report of the room, or None."""

    async def of_room(self, room_id: RoomId, *, take: int) -> Sequence[PulseReport]:
        """The room's reports, the newest first."""

    async def of_reader(self, user_id: UserId, *, take: int) -> Sequence[PulseReport]:
        """The current reports of all rooms that this person is in, the one made last first."""

    async def outdated(self, due: datetime, *, after: RoomId | None, take: int) -> Sequence[RoomId]:
        """Rooms past ``after``, by their ids, of which no report was made since ``due``, and in whose log the first
        event past their report that is one of those reports are MADE_OF was before it."""
