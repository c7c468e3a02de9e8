"""How far people have read."""

from dataclasses import replace

from adapters.memory.store import InMemoryStore
from domain.ids import RoomId, UserId


class InMemoryReadMarkRepository:
    """Marks stand in the memberships."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def advance(self, room_id: RoomId, user_id: UserId, seq: int) -> bool | None:
        mark = await self.find(room_id, user_id)
        if mark is None:
            return None
        seq = min(seq, self._store.rooms[room_id].last_seq)
        if seq <= mark:
            return False
        members = self._store.contents[room_id].members
        members.put(user_id, replace(members[user_id], last_read_seq=seq))
        return True

    async def find(self, room_id: RoomId, user_id: UserId) -> int | None:
        contents = self._store.contents.get(room_id)
        member = contents.members.get(user_id) if contents else None
        return None if member is None else member.last_read_seq
