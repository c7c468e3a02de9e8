"""What rooms are called."""

from adapters.memory.store import InMemoryStore
from domain.errors import NotFound
from domain.ids import RoomId, UserId


class InMemoryRoomTitles:
    """Titles of rooms, and the names of the two of a direct one."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def of(self, room_id: RoomId, reader_id: UserId | None = None) -> str:
        room = self._store.rooms.get(room_id)
        if room is None:
            raise NotFound
        if room.pair is None:
            return room.title
        low, high = room.pair
        called = [low] if low == high else [user_id for user_id in (low, high) if user_id != reader_id]
        return ", ".join(self._store.users[user_id].name for user_id in called)
