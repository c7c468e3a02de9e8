"""Who is in the calls of rooms, on any server."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.calls import Call, CallChange
from domain.ids import RoomId


class CallBoard(Protocol):
    """The calls there are, one in a room. The connections that are seated in them are this server's or another's."""

    async def change(self, room_id: RoomId, change: Callable[[Call | None], Call | None]) -> CallChange:
        """Put what ``change`` makes of the room's call in its place; nothing else happens to the call in between.

        ``change`` may be called more than once, and seats connections of this server alone.
        """

    async def find(self, room_id: RoomId) -> Call | None:
        """The room's call, or None."""

    async def keep(self) -> Sequence[CallChange]:
        """Say that this server lives, and take out who was on one that does not say so any more; answers what changed.

        To be called again and again; it never fails."""
