"""Messages."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from adapters.memory.store import InMemoryStore
from domain.answers import excerpt_of
from domain.errors import NotFound
from domain.ids import MessageId, RoomId
from domain.jarvis import RequestStatus
from domain.messages import Message


class InMemoryMessageRepository:
    """Messages by id, and each room's in the order of its log."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def lock(self, room_id: RoomId, message_id: MessageId) -> Message:
        return await self.get(room_id, message_id)

    async def get(self, room_id: RoomId, message_id: MessageId) -> Message:
        contents = self._store.contents.get(room_id)
        message = contents.messages.get(message_id) if contents else None
        if message is None:
            raise NotFound
        return as_it_stands(self._store, message)

    async def add(self, message: Message) -> None:
        self.keep(message)

    def keep(self, message: Message) -> None:
        """Add a message to its room, which exists."""
        room, contents = self._store.rooms[message.room_id], self._store.contents[message.room_id]
        contents.messages.put(message.id, message)
        contents.timeline.append(message.id)
        if message.thread_id is not None:
            root = contents.messages[message.thread_id]
            counted = replace(root, reply_count=root.reply_count + 1, last_reply_seq=message.seq)
            contents.messages.put(root.id, counted)
        newest = max(room.last_message_at or message.created_at, message.created_at)
        self._store.rooms.put(room.id, replace(room, last_message_at=newest))

    async def replace(self, message: Message) -> None:
        contents = self._store.contents[message.room_id]
        contents.messages.put(message.id, message)
        contents.translations.remove(message.id)
        requests = self._store.requests
        for kept in [kept for kept in requests.values() if kept.request.message_id == message.id]:
            asked = kept.request
            failed = asked.status is RequestStatus.FAILED and message.deleted_at is not None
            if failed or asked.status is RequestStatus.DONE:
                requests.put(asked.id, replace(kept, request=replace(asked, prompt="")))

    async def mark(self, message: Message) -> None:
        messages = self._store.contents[message.room_id].messages
        messages.put(message.id, replace(messages[message.id], reactions=message.reactions, pin=message.pin))

    async def page(self, room_id: RoomId, *, before: MessageId | None, take: int) -> Sequence[Message]:
        contents = self._store.contents.get(room_id)
        if contents is None or (before is not None and before not in contents.messages):
            return []
        messages, timeline = contents.messages, contents.timeline.items
        end = len(timeline)
        if before is not None:
            end = bisect_left(timeline, messages[before].seq, key=lambda id_: messages[id_].seq)
        return [as_it_stands(self._store, messages[id_]) for id_ in timeline[max(end - take, 0) : end]]

    async def thread(
        self, room_id: RoomId, message_id: MessageId, *, before: MessageId | None, take: int
    ) -> Sequence[Message]:
        message = await self.lock(room_id, message_id)
        root = message if message.thread_id is None else await self.lock(room_id, message.thread_id)
        contents = self._store.contents[room_id]
        replies = [reply for reply in contents.messages.values() if reply.thread_id == root.id]
        if before is not None:
            places = [place for place, reply in enumerate(replies) if reply.id == before]
            replies = replies[: places[0]] if places else []
        return [root, *replies[-take:]]


def as_it_stands(store: InMemoryStore, message: Message) -> Message:
    """The message with what it cites as that stands now: a deleted text is gone there too."""
    if not message.citations:
        return message
    messages = store.contents[message.room_id].messages
    return replace(
        message,
        citations=tuple(
            replace(citation, excerpt=_excerpt(messages.get(citation.message_id))) for citation in message.citations
        ),
    )


def _excerpt(message: Message | None) -> str:
    return "" if message is None or message.deleted_at is not None else excerpt_of(message.content)
