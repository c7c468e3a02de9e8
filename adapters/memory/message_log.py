"""The fast way in for what people say."""

import asyncio
from asyncio import Future
from collections.abc import Callable
from time import perf_counter

from adapters.memory.files import InMemoryFileRepository
from adapters.memory.jarvis_requests import InMemoryJarvisRequestRepository
from adapters.memory.messages import InMemoryMessageRepository
from adapters.memory.room_log import InMemoryRoomLogRepository
from adapters.memory.store import InMemoryStore, RoomContents, Sent
from application.ports.message_log import NewMessage, Posted
from application.publication import Publication
from domain.errors import ClientTempIdReused, DomainError, Forbidden, NotFound
from domain.events import Event, LoggedEvent, Mentioned, MessagePosted
from domain.mentions import NOBODY, Mentions, mentions_in
from domain.messages import Message, SenderType, text_of


class InMemoryMessageLog:
    """Takes the sends of one turn of the event loop together, between units of work.

    ``kept`` is told how many were kept together, and how many seconds that took.
    """

    def __init__(
        self, store: InMemoryStore, publication: Publication, *, kept: Callable[[int, float], None] | None = None
    ) -> None:
        self._store = store
        self._publication = publication
        self._kept = kept
        self._messages = InMemoryMessageRepository(store)
        self._requests = InMemoryJarvisRequestRepository(store)
        self._files = InMemoryFileRepository(store)
        self._log = InMemoryRoomLogRepository(store)
        self._waiting: list[tuple[NewMessage, Future[Posted]]] = []

    def append(self, message: NewMessage) -> "Future[Posted]":
        loop = asyncio.get_running_loop()
        posted: Future[Posted] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._store.when_free, self._take_in)
        self._waiting.append((message, posted))
        return posted

    def _take_in(self) -> None:
        started = perf_counter()
        waiting, self._waiting = self._waiting, []
        events: list[Event] = []
        for message, posted in waiting:
            try:
                result = self._repeated(message) or self._keep(message, events)
            except DomainError as error:
                if not posted.done():
                    posted.set_exception(error)
            else:
                if not posted.done():
                    posted.set_result(result)
        self._store.commit()
        if events:
            self._publication.publish(events)
            if self._kept is not None:
                kept = sum(isinstance(event, LoggedEvent) for event in events)
                self._kept(kept, perf_counter() - started)

    def _repeated(self, message: NewMessage) -> Posted | None:
        """What became of the first send with the same id. Raises Forbidden, ClientTempIdReused."""
        contents = self._contents(message)
        if message.client_temp_id is None:
            return None
        first = contents.sent.get((message.sender_id, message.client_temp_id))
        if first is None:
            return None
        if first.fingerprint != message.fingerprint:
            raise ClientTempIdReused
        return Posted(first.message_id, first.seq, repeated=True)

    def _keep(self, new: NewMessage, events: list[Event]) -> Posted:
        contents, seq = self._contents(new), self._store.rooms[new.room_id].last_seq + 1
        root = self._root(contents, new)
        message = Message(
            id=new.id,
            room_id=new.room_id,
            seq=seq,
            sender_type=SenderType.USER,
            sender_id=new.sender_id,
            content=new.content,
            created_at=new.created_at,
            client_temp_id=new.client_temp_id,
            reply_to=new.reply_to,
            thread_id=None if root is None else root.id,
            attachments=new.attachments,
            mentions=self._mentions(contents, new),
        )
        if new.attachments:
            self._files.hang(new.room_id, new.id, [attachment.id for attachment in new.attachments])
        self._messages.keep(message)
        if new.client_temp_id is not None:
            contents.sent.put((new.sender_id, new.client_temp_id), Sent(new.id, seq, new.fingerprint))
        if new.request is not None:
            self._requests.keep(new.request)
        events.append(self._log.append(MessagePosted(new.room_id, message)))
        if told := message.mentions.told(list(contents.members), new.sender_id):
            events.append(Mentioned(told, new.room_id, new.id, seq, new.sender_id))
        return Posted(new.id, seq)

    def _mentions(self, contents: RoomContents, new: NewMessage) -> Mentions:
        if "@" not in new.content:
            return NOBODY
        members = [(user_id, self._store.users[user_id].name) for user_id in contents.members]
        return mentions_in(text_of(new.content), members)

    @staticmethod
    def _root(contents: RoomContents, new: NewMessage) -> Message | None:
        """The message that the thread began with; None where this is no reply. Raises NotFound."""
        if new.reply_to is None:
            return None
        answered = contents.messages.get(new.reply_to)
        if answered is None:
            raise NotFound
        return answered if answered.thread_id is None else contents.messages[answered.thread_id]

    def _contents(self, message: NewMessage) -> RoomContents:
        contents = self._store.contents.get(message.room_id)
        if contents is None or message.sender_id not in contents.members:
            raise Forbidden("You are not a member of this room.")
        return contents
