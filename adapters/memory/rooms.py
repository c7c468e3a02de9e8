"""Rooms."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.memory.calendar_events import InMemoryCalendarEventRepository
from adapters.memory.jarvis_requests import InMemoryJarvisRequestRepository
from adapters.memory.jobs import InMemoryJobRepository
from adapters.memory.store import InMemoryStore
from domain.errors import DuplicateEntry, NotFound
from domain.ids import RoomId, UserId
from domain.rooms import Room, RoomSummary


class InMemoryRoomRepository:
    """Rooms by id. Nothing needs to be held: units of work follow one another."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def add(self, room: Room) -> None:
        if room.id in self._store.rooms:
            raise DuplicateEntry
        self._store.rooms.put(room.id, room)
        self._store.contents.put(room.id, self._store.new_contents())

    async def lock(self, room_id: RoomId) -> Room:
        room = self._store.rooms.get(room_id)
        if room is None:
            raise NotFound
        return room

    async def rename(self, room_id: RoomId, title: str) -> None:
        self._store.rooms.put(room_id, replace(self._store.rooms[room_id], title=title))

    async def delete(self, room_id: RoomId) -> None:
        self._store.rooms.remove(room_id)
        self._store.contents.remove(room_id)
        InMemoryJarvisRequestRepository(self._store).forget_room(room_id)
        InMemoryJobRepository(self._store).forget_room(room_id)
        InMemoryCalendarEventRepository(self._store).forget_room(room_id)

    async def summary(self, room_id: RoomId) -> RoomSummary:
        return self._summary(await self.lock(room_id))

    async def of_user(self, user_id: UserId) -> Sequence[RoomSummary]:
        rooms = [room for room in self._store.rooms.values() if user_id in self._store.contents[room.id].members]
        rooms.sort(key=lambda room: (room.last_message_at or room.created_at, room.id), reverse=True)
        return [self._summary(room) for room in rooms]

    def _summary(self, room: Room) -> RoomSummary:
        return RoomSummary(room, len(self._store.contents[room.id].members))
