"""What rooms are called."""

from typing import Protocol

from domain.ids import RoomId, UserId


class RoomTitles(Protocol):
    """The titles of rooms, as they are now."""

    async def of(self, room_id: RoomId, reader_id: UserId | None = None) -> str:
        """What this person finds the room called; a direct room is called after the other one, and where nobody reads
        it after both. Raises NotFound."""
