"""Who is in which room."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.memory.store import InMemoryStore
from domain.ids import RoomId, UserId
from domain.rooms import Member, Role
from domain.users import User


class InMemoryMemberRepository:
    """Memberships by room, in the order of joining."""

    def __init__(self, store: InMemoryStore) -> None:
        self._users = store.users
        self._contents = store.contents

    async def find(self, room_id: RoomId, user_id: UserId) -> Member | None:
        contents = self._contents.get(room_id)
        return contents.members.get(user_id) if contents else None

    async def add(self, members: Sequence[Member]) -> Sequence[UserId]:
        added = []
        for member in members:
            room = self._contents[member.room_id].members
            if member.user_id not in room:
                room.put(member.user_id, member)
                added.append(member.user_id)
        return added

    async def remove(self, room_id: RoomId, user_id: UserId) -> None:
        contents = self._contents.get(room_id)
        if contents:
            contents.members.remove(user_id)
            contents.languages.remove(user_id)

    async def give_role(self, room_id: RoomId, user_id: UserId, role: Role) -> None:
        contents = self._contents.get(room_id)
        member = contents.members.get(user_id) if contents else None
        if contents and member:
            contents.members.put(user_id, replace(member, role=role))

    async def ids(self, room_id: RoomId) -> Sequence[UserId]:
        contents = self._contents.get(room_id)
        return list(contents.members) if contents else []

    async def profiles(self, room_id: RoomId) -> Sequence[tuple[Member, User]]:
        contents = self._contents.get(room_id)
        return [(member, self._users[member.user_id]) for member in contents.members.values()] if contents else []

    async def companions(self, user_id: UserId) -> Sequence[UserId]:
        rooms = (contents.members for contents in self._contents.values() if user_id in contents.members)
        return [other for other in dict.fromkeys(other for members in rooms for other in members) if other != user_id]
