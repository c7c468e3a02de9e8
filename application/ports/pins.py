"""Pinned messages, as they are kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import RoomId
from domain.messages import Message


class PinRepository(Protocol):
    """What is pinned in which room. A pin is a mark on its message: it is set and taken away there."""

    async def of_room(self, room_id: RoomId) -> Sequence[Message]:
        """All pinned messages of the room, the one pinned last first."""

    async def count(self, room_id: RoomId) -> int:
        """How many there are."""
