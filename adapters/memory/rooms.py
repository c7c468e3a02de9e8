"""Rooms."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from adapters.memory.calendar_events import InMemoryCalendarEventRepository
from adapters.memory.files import InMemoryFileRepository
from adapters.memory.hooks import InMemoryIncomingHookRepository, InMemoryOutgoingHookRepository
from adapters.memory.invitations import InMemoryInvitationRepository
from adapters.memory.jarvis_requests import InMemoryJarvisRequestRepository
from adapters.memory.jobs import InMemoryJobRepository
from adapters.memory.recordings import InMemoryRecordingRepository
from adapters.memory.store import InMemoryStore
from domain.errors import DuplicateEntry, NotFound
from domain.ids import RoomId, UserId
from domain.rooms import MOST_LOOKED_AT, Member, Pair, Room, RoomSummary, looked_at


class InMemoryRoomRepository:
    """Rooms by id. Nothing needs to be held: units of work follow one another."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def add(self, room: Room) -> None:
        if room.id in self._store.rooms or (room.pair is not None and room.pair in self._store.pairs):
            raise DuplicateEntry
        self._store.rooms.put(room.id, room)
        if room.pair is not None:
            self._store.pairs.put(room.pair, room.id)
        self._store.contents.put(room.id, self._store.new_contents())

    async def lock(self, room_id: RoomId) -> Room:
        room = self._store.rooms.get(room_id)
        if room is None:
            raise NotFound
        return room

    async def rename(self, room_id: RoomId, title: str) -> None:
        self._store.rooms.put(room_id, replace(self._store.rooms[room_id], title=title))

    async def delete(self, room_id: RoomId) -> None:
        room = self._store.rooms.get(room_id)
        if room is not None and room.pair is not None:
            self._store.pairs.remove(room.pair)
        self._store.rooms.remove(room_id)
        self._store.contents.remove(room_id)
        self._store.gleaned.remove(room_id)
        InMemoryInvitationRepository(self._store).forget_room(room_id)
        InMemoryFileRepository(self._store).forget_room(room_id)
        InMemoryIncomingHookRepository(self._store).forget_room(room_id)
        InMemoryOutgoingHookRepository(self._store).forget_room(room_id)
        self._store.embedding_places.remove(*(key for key in self._store.embedding_places if key[0] == room_id))
        InMemoryJarvisRequestRepository(self._store).forget_room(room_id)
        InMemoryJobRepository(self._store).forget_room(room_id)
        InMemoryRecordingRepository(self._store).forget_room(room_id)
        InMemoryCalendarEventRepository(self._store).forget_room(room_id)

    async def summary(self, room_id: RoomId, reader_id: UserId) -> RoomSummary:
        room = await self.lock(room_id)
        return self._summary(room, reader_id, MOST_LOOKED_AT)

    async def of_user(self, user_id: UserId) -> Sequence[RoomSummary]:
        rooms = [room for room in self._store.rooms.values() if user_id in self._store.contents[room.id].members]
        rooms.sort(key=lambda room: (room.last_message_at or room.created_at, room.id), reverse=True)
        marks = (self._store.contents[room.id].members[user_id].last_read_seq for room in rooms)
        limit = looked_at(sum(room.last_seq > mark for room, mark in zip(rooms, marks, strict=True)))
        return [self._summary(room, user_id, limit) for room in rooms]

    async def between(self, pair: Pair) -> RoomId | None:
        return self._store.pairs.get(pair)

    def _summary(self, room: Room, reader_id: UserId, limit: int) -> RoomSummary:
        members = self._store.contents[room.id].members
        mine = members.get(reader_id)
        if room.pair is not None:
            low, high = room.pair
            room = replace(room, title=self._store.users[high if reader_id == low else low].name)
        if mine is None:
            return RoomSummary(room, len(members))
        return RoomSummary(room, len(members), mine.last_read_seq, self._unread(mine, limit))

    def _unread(self, mine: Member, limit: int) -> int:
        contents = self._store.contents[mine.room_id]
        unread = 0
        for message_id in islice(reversed(contents.timeline.items), limit):
            message = contents.messages[message_id]
            if message.seq <= mine.last_read_seq:
                break
            unread += message.deleted_at is None and message.sender_id != mine.user_id
        return unread
