"""The log of what happened in a room."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from adapters.memory.messages import as_it_stands
from adapters.memory.store import InMemoryStore, LogEntry
from domain.errors import NotFound
from domain.events import (
    AnswerPosted,
    LoggedEvent,
    MemberAdded,
    MemberRemoved,
    MemberUpdated,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PinChanged,
    ReactionsChanged,
    RoomEvent,
    RoomRenamed,
    subject_of,
)
from domain.ids import CardId, MatterId, RoomId
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated, KnowledgeEvent
from domain.matter_events import MatterAdded, MatterEvent, MatterRemoved, MatterUpdated
from domain.messages import Message
from domain.rooms import Role


class InMemoryRoomLogRepository:
    """Keeps what each event is about, and shows it as it stands now."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def after(self, room_id: RoomId, seq: int, *, take: int) -> Sequence[LoggedEvent]:
        contents = self._store.contents.get(room_id)
        if contents is None:
            return []
        entries = contents.log.items
        start = bisect_right(entries, seq, key=lambda entry: entry.seq)
        return [
            LoggedEvent(entry.seq, self._shown(room_id, entry), entry.at) for entry in entries[start : start + take]
        ]

    async def newest(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, int]:
        return {room_id: self._store.rooms[room_id].last_seq for room_id in room_ids if room_id in self._store.rooms}

    async def oldest(self, room_id: RoomId) -> int:
        room, contents = self._store.rooms.get(room_id), self._store.contents.get(room_id)
        if room is None or contents is None:
            return 1
        return contents.log.items[0].seq if contents.log.items else room.last_seq + 1

    def append(self, event: RoomEvent) -> LoggedEvent:
        """Give the event the next seq of its room.

        Raises:
            NotFound: there is no such room.
            ValueError: the event brings a message that was kept under another seq.
        """
        room = self._store.rooms.get(event.room_id)
        if room is None:
            raise NotFound
        seq = room.last_seq + 1
        if isinstance(event, MessagePosted | AnswerPosted) and event.message.seq != seq:
            raise ValueError(f"the message has seq {event.message.seq}, its event {seq}")
        entry = self._entry(seq, event)
        self._store.rooms.put(room.id, replace(room, last_seq=seq))
        self._store.contents[room.id].log.append(entry)
        return LoggedEvent(seq, event, entry.at)

    def _entry(self, seq: int, event: RoomEvent) -> LogEntry:
        kind, now = type(event), self._store.clock.now()
        match event:
            case MessagePosted(message=message) | MessageEdited(message=message) | AnswerPosted(message=message):
                return LogEntry(seq, kind, now, message_id=message.id)
            case MessageDeleted() | ReactionsChanged() | PinChanged():
                return LogEntry(seq, kind, now, message_id=event.message_id)
            case MemberAdded(user_id=user_id) | MemberRemoved(user_id=user_id) | MemberUpdated(user_id=user_id):
                return LogEntry(seq, kind, now, user_id=user_id)
            case RoomRenamed():
                return LogEntry(seq, kind, now)
            case _:
                return LogEntry(seq, kind, now, subject_id=subject_of(event))

    def _shown(self, room_id: RoomId, entry: LogEntry) -> RoomEvent:
        if entry.user_id is not None:
            name = self._store.users[entry.user_id].name
            if entry.kind is MemberUpdated:
                member = self._store.contents[room_id].members.get(entry.user_id)
                return MemberUpdated(room_id, entry.user_id, name, member.role if member else Role.MEMBER)
            told = MemberAdded if entry.kind is MemberAdded else MemberRemoved
            return told(room_id, entry.user_id, name)
        if entry.subject_id is not None:
            return self._about_subject(room_id, entry.kind, entry.subject_id)
        if entry.message_id is None:
            return RoomRenamed(room_id, self._store.rooms[room_id].title)
        if entry.kind is MessageDeleted:
            return MessageDeleted(room_id, entry.message_id)
        message = self._store.contents[room_id].messages[entry.message_id]
        return self._about_message(room_id, entry, as_it_stands(self._store, message))

    def _about_message(self, room_id: RoomId, entry: LogEntry, message: Message) -> RoomEvent:
        if entry.kind is ReactionsChanged:
            return ReactionsChanged(room_id, message.id, message.reactions)
        if entry.kind is PinChanged:
            return PinChanged(room_id, message.id, message.pin)
        if entry.kind is AnswerPosted and message.request_id is not None:
            return AnswerPosted(room_id, message, self._store.requests[message.request_id].request.public_id)
        return (MessageEdited if entry.kind is MessageEdited else MessagePosted)(room_id, message)

    def _about_subject(self, room_id: RoomId, kind: type[RoomEvent], subject_id: UUID) -> RoomEvent:
        if issubclass(kind, KnowledgeEvent):
            return self._about_card(room_id, kind, CardId(subject_id))
        return self._about_matter(room_id, kind, MatterId(subject_id))

    def _about_card(self, room_id: RoomId, kind: type[RoomEvent], card_id: CardId) -> KnowledgeEvent:
        if kind is CardRemoved:
            return CardRemoved(room_id, card_id)
        return (CardAdded if kind is CardAdded else CardUpdated)(room_id, self._store.contents[room_id].cards[card_id])

    def _about_matter(self, room_id: RoomId, kind: type[RoomEvent], matter_id: MatterId) -> MatterEvent:
        matter = self._store.contents[room_id].matters[matter_id]
        if kind is MatterRemoved or matter.removed_at is not None:
            return MatterRemoved(room_id, matter.kind, matter_id)
        return (MatterAdded if kind is MatterAdded else MatterUpdated)(room_id, matter)
