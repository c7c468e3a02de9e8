"""How far the talk of each room was looked through."""

from collections.abc import Sequence
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import RoomId


class InMemoryGleaningPlaces:
    """Places by room."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def behind(self, due: datetime, *, after: RoomId | None, take: int) -> Sequence[RoomId]:
        rooms = sorted(room_id for room_id in self._store.rooms if after is None or room_id > after)
        return [room_id for room_id in rooms if self._is_behind(room_id, due)][:take]

    async def place(self, room_id: RoomId) -> int:
        return self._store.gleaned.get(room_id) or 0

    async def move(self, room_id: RoomId, seq: int) -> None:
        self._store.gleaned.put(room_id, max(seq, await self.place(room_id)))

    def _is_behind(self, room_id: RoomId, due: datetime) -> bool:
        place = self._store.gleaned.get(room_id) or 0
        later = (message for message in self._store.contents[room_id].messages.values() if message.seq > place)
        said = min(later, key=lambda message: message.seq, default=None)
        return said is not None and said.created_at < due
