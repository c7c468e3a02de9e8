"""Pinned messages."""

from collections.abc import Sequence

from adapters.memory.store import InMemoryStore
from domain.ids import RoomId
from domain.messages import Message


class InMemoryPinRepository:
    """Looks through a room's messages for those that are pinned."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def of_room(self, room_id: RoomId) -> Sequence[Message]:
        contents = self._store.contents.get(room_id)
        pinned = [(message.pin, message) for message in contents.messages.values() if message.pin] if contents else []
        return [message for _, message in sorted(pinned, key=lambda one: (one[0].at, one[1].seq), reverse=True)]

    async def count(self, room_id: RoomId) -> int:
        return len(await self.of_room(room_id))
