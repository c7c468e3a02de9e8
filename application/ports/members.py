"""Who is in which room, as it is kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import RoomId, UserId
from domain.rooms import Member, Role
from domain.users import User


class MemberRepository(Protocol):
    """All memberships."""

    async def find(self, room_id: RoomId, user_id: UserId) -> Member | None:
        """The membership, or None."""

    async def add(self, members: Sequence[Member]) -> Sequence[UserId]:
        """Add members; answers who is new, in the order given. Who is a member already stays as they are."""

    async def remove(self, room_id: RoomId, user_id: UserId) -> None:
        """Take a member out; nothing happens to who is none."""

    async def give_role(self, room_id: RoomId, user_id: UserId, role: Role) -> None:
        """Change a member's role; a room has one owner at the most."""

    async def ids(self, room_id: RoomId) -> Sequence[UserId]:
        """The ids of all members."""

    async def profiles(self, room_id: RoomId) -> Sequence[tuple[Member, User]]:
        """All members with their users, in the order in which they joined."""

    async def companions(self, user_id: UserId) -> Sequence[UserId]:
        """Everybody else who is in a room with this person, each once."""
