"""In which rooms something happens."""

from collections.abc import Collection, Sequence
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import MessageId, RoomId


class InMemoryRoomActivity:
    """Looks through all rooms."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def spoken_in(
        self, since: datetime, *, kind: str, ending: str, after: RoomId | None, take: int
    ) -> Sequence[RoomId]:
        spoken = (
            room.id
            for room in self._store.rooms.values()
            if room.last_message_at is not None
            and room.last_message_at >= since
            and (after is None or room.id > after)
            and (kind, f"{room.id}{ending}") not in self._store.job_keys
        )
        return sorted(spoken)[:take]

    async def place(self, room_id: RoomId, at: datetime) -> int:
        contents = self._store.contents.get(room_id)
        messages = contents.messages.values() if contents is not None else ()
        return max((message.seq for message in messages if message.created_at < at), default=0)

    async def standing(self, room_ids: Collection[RoomId], message_ids: Collection[MessageId]) -> frozenset[MessageId]:
        rooms = [contents for room_id in room_ids if (contents := self._store.contents.get(room_id)) is not None]
        return frozenset(
            message_id
            for message_id in message_ids
            for contents in rooms
            if (message := contents.messages.get(message_id)) is not None and message.deleted_at is None
        )
