"""The log of what happened in a room, as it is kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.events import LoggedEvent
from domain.ids import RoomId


class RoomLogRepository(Protocol):
    """Events of rooms by their seq."""

    async def after(self, room_id: RoomId, seq: int, *, take: int) -> Sequence[LoggedEvent]:
        """The first ``take`` events past ``seq``, in order; what they are about is shown as it stands now."""

    async def newest(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, int]:
        """The newest seq of each of the rooms that exists, 0 where nothing has happened."""

    async def oldest(self, room_id: RoomId) -> int:
        """The seq of the oldest event that is kept, one past the newest where none is."""
