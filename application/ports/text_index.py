"""What text search looks things up in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.ids import RoomId


@dataclass(frozen=True, slots=True)
class Behind:
    """How many events of the rooms' logs the index has not seen yet, and some of the rooms they are in."""

    events: int
    rooms: Sequence[RoomId]


class TextIndex(Protocol):
    """Follows the rooms' logs. Search is right without it, but slower the further it is behind."""

    async def behind(self, *, take: int) -> Behind:
        """What is to be done; at most ``take`` rooms."""

    async def follow(self, room_id: RoomId, *, take: int) -> int:
        """Take in the next ``take`` events of the room's log; answers how many there were: 0 also where another unit
        of work is doing just that, or the room is gone."""
