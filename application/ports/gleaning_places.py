"""How far the talk of each room was looked through for decisions and tasks, as it is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import RoomId


class GleaningPlaces(Protocol):
    """A place in the log of each room, 0 at first."""

    async def behind(self, due: datetime, *, after: RoomId | None, take: int) -> Sequence[RoomId]:
        """Rooms past ``after``, by their ids, in which the first message past their place was said before ``due``."""

    async def place(self, room_id: RoomId) -> int:
        """The place of the room."""

    async def move(self, room_id: RoomId, seq: int) -> None:
        """Move the place of a room, which is held, on to ``seq``; it never moves back."""
