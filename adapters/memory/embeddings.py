"""The vectors of what was said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import EmbeddingPlace, InMemoryStore, KeptVector, LogEntry
from application.ports.embeddings import Batch, Piece, Progress
from application.ports.text_index import Behind
from domain.embeddings import EmbeddingModel, SpaceId, Vector, meaningful
from domain.events import AnswerPosted, MessageDeleted, MessageEdited, MessagePosted
from domain.ids import MessageId, RoomId
from domain.messages import Message, SenderType

_OF_TEXTS = frozenset({MessagePosted, AnswerPosted, MessageEdited, MessageDeleted})
"""Events that give a message a text or take it away."""


def is_readable(message: Message) -> bool:
    """Whether there is something to find in it."""
    return message.deleted_at is None and message.sender_type is not SenderType.SYSTEM


class InMemoryEmbeddings:
    """Vectors by message, and for each room how far they go."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def adopt(self, model: EmbeddingModel) -> SpaceId | None:
        spaces = self._store.embedding_spaces
        space = spaces.get(model)
        if space is None:
            space = SpaceId(len(spaces) + 1)
            spaces.put(model, space)
        if self._current() != space:
            self._store.current_space.put("current", space)
            self._store.embedding_places.remove(*(key for key in self._store.embedding_places if key[1] == space))
        return space

    async def behind(self, space: SpaceId, *, now: datetime, take: int) -> Behind:
        ahead = {room_id: ahead for room_id in self._store.rooms if (ahead := self._ahead(room_id, space)) > 0}
        free = sorted(ahead, key=lambda room_id: self._is_held(room_id, space, now))
        return Behind(sum(ahead.values()), free[:take])

    async def claim(
        self, space: SpaceId, room_id: RoomId, *, now: datetime, until: datetime, take: int
    ) -> Batch | None:
        if room_id not in self._store.rooms or self._current() != space or self._is_held(room_id, space, now):
            return None
        place = self._place(room_id, space)
        held = replace(place, lease=place.lease + 1, held_until=until)
        self._store.embedding_places.put((room_id, space), held)
        events = [entry for entry in self._store.contents[room_id].log.items if entry.seq > place.seq][:take]
        pieces, gone = self._left_by(room_id, events)
        return Batch(space, room_id, held.lease, events[-1].seq if events else place.seq, pieces, gone)

    async def keep(self, batch: Batch, vectors: Sequence[Vector | None]) -> bool:
        key = (batch.room_id, batch.space)
        place = self._store.embedding_places.get(key)
        if place is None or place.lease != batch.lease or self._current() != batch.space:
            return False
        contents = self._store.contents[batch.room_id]
        self._store.embedding_places.put(key, replace(place, seq=batch.upto, held_until=None))
        for message_id in batch.gone:
            contents.vectors.remove(message_id)
        for piece, vector in zip(batch.pieces, vectors, strict=True):
            message = contents.messages[piece.message_id]
            if vector is None:
                contents.vectors.remove(piece.message_id)
            elif message.deleted_at is None and message.edited_at == piece.edited_at:
                contents.vectors.put(piece.message_id, KeptVector(batch.space, tuple(vector)))
        return True

    async def release(self, batch: Batch) -> None:
        key = (batch.room_id, batch.space)
        place = self._store.embedding_places.get(key)
        if place is not None and place.lease == batch.lease:
            self._store.embedding_places.put(key, replace(place, held_until=None))

    async def progress(self, space: SpaceId) -> Progress:
        rooms = [self._store.contents[room_id] for room_id in self._store.rooms]
        spaces = [kept.space for contents in rooms for kept in contents.vectors.values()]
        return Progress(
            messages=sum(is_readable(message) for contents in rooms for message in contents.messages.values()),
            embedded=spaces.count(space),
            of_other_models=len(spaces) - spaces.count(space),
            waiting=sum(self._ahead(room_id, space) for room_id in self._store.rooms),
        )

    async def restart(self, space: SpaceId) -> None:
        for key in list(self._store.embedding_places):
            if key[1] == space:
                place = self._store.embedding_places[key]
                self._store.embedding_places.put(key, EmbeddingPlace(lease=place.lease + 1))

    def _left_by(self, room_id: RoomId, events: Sequence[LogEntry]) -> tuple[list[Piece], list[MessageId]]:
        """What the events leave to embed, and what is to have no vector any more."""
        pieces: dict[MessageId, Piece] = {}
        gone: list[MessageId] = []
        messages = self._store.contents[room_id].messages
        touched = (entry.message_id for entry in events if entry.kind in _OF_TEXTS)
        for message_id in (message_id for message_id in touched if message_id is not None):
            message = messages[message_id]
            text = meaningful(message.content) if is_readable(message) else ""
            if text:
                pieces[message_id] = Piece(message_id, text, message.edited_at)
            else:
                gone.append(message_id)
        return list(pieces.values()), gone

    def _current(self) -> SpaceId | None:
        return self._store.current_space.get("current")

    def _place(self, room_id: RoomId, space: SpaceId) -> EmbeddingPlace:
        return self._store.embedding_places.get((room_id, space)) or EmbeddingPlace()

    def _ahead(self, room_id: RoomId, space: SpaceId) -> int:
        return self._store.rooms[room_id].last_seq - self._place(room_id, space).seq

    def _is_held(self, room_id: RoomId, space: SpaceId, now: datetime) -> bool:
        until = self._place(room_id, space).held_until
        return until is not None and until > now
