"""Rooms, as they are kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import RoomId, UserId
from domain.rooms import Pair, Room, RoomSummary


class RoomRepository(Protocol):
    """All rooms."""

    async def add(self, room: Room) -> None:
        """Keep a new room. Raises DuplicateEntry where the two of a direct room have one already."""

    async def lock(self, room_id: RoomId) -> Room:
        """The room, held against any other change until the unit of work ends. Raises NotFound."""

    async def rename(self, room_id: RoomId, title: str) -> None:
        """Change the title of an existing room."""

    async def delete(self, room_id: RoomId) -> None:
        """Remove the room with everything in it."""

    async def summary(self, room_id: RoomId, reader_id: UserId) -> RoomSummary:
        """The room as this person finds it in a list of rooms; who is no member has read nothing and misses nothing.
        Raises NotFound."""

    async def of_user(self, user_id: UserId) -> Sequence[RoomSummary]:
        """The user's rooms, the one with the newest message (or creation) first."""

    async def between(self, pair: Pair) -> RoomId | None:
        """The direct room of these two, or None."""
