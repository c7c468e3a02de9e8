"""Rooms, as they are kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import RoomId, UserId
from domain.rooms import Room, RoomSummary


class RoomRepository(Protocol):
    """All rooms."""

    async def add(self, room: Room) -> None:
        """Keep a new room."""

    async def lock(self, room_id: RoomId) -> Room:
        """The room, held against any other change until the unit of work ends. Raises NotFound."""

    async def rename(self, room_id: RoomId, title: str) -> None:
        """Change the title of an existing room."""

    async def delete(self, room_id: RoomId) -> None:
        """Remove the room with everything in it."""

    async def summary(self, room_id: RoomId) -> RoomSummary:
        """The room with its number of members. Raises NotFound."""

    async def of_user(self, user_id: UserId) -> Sequence[RoomSummary]:
        """The user's rooms, the one with the newest message (or creation) first."""
