"""How far people have read, as it is kept."""

from typing import Protocol

from domain.ids import RoomId, UserId


class ReadMarkRepository(Protocol):
    """A mark for each membership. No room need be held: a mark concerns nobody's order but its reader's own."""

    async def advance(self, room_id: RoomId, user_id: UserId, seq: int) -> bool | None:
        """Move a member's mark on to ``seq``, or to the room's newest seq where that is less.

        Answers whether it has moved, which it never does back; None where the person is no member.
        """

    async def find(self, room_id: RoomId, user_id: UserId) -> int | None:
        """A member's mark; None where the person is no member."""
