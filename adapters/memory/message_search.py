"""Finding messages."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import mul

from adapters.memory.embeddings import is_readable
from adapters.memory.store import InMemoryStore
from application.ports.message_search import Matches, Near
from application.ports.text_index import Behind
from domain.embeddings import SpaceId, Vector
from domain.ids import RoomId, UserId
from domain.messages import Message
from domain.search import Query, entries_of

_entries_of = lru_cache(maxsize=20_000)(entries_of)


class InMemoryMessageSearch:
    """Looks at every message each time."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def matching(self, reader: UserId, room_id: RoomId | None, query: Query, *, take: int) -> Matches:
        counts = dict.fromkeys(query.terms, 0)
        found: list[tuple[int, Message]] = []
        seen = 0
        for message in self._readable(reader, room_id):
            entries = _entries_of(message.content)
            held = [term for term in query.terms if term.is_in(entries)]
            seen += 1
            for term in held:
                counts[term] += 1
            if held:
                found.append((len(held), message))
        found.sort(key=lambda one: (one[0], one[1].created_at), reverse=True)
        frequencies = {term: (count + 0.3) / (seen + 1) for term, count in counts.items()}
        return Matches([message for _, message in found[:take]], frequencies)

    async def nearest(
        self, reader: UserId, room_id: RoomId | None, space: SpaceId, vector: Vector, *, take: int
    ) -> Sequence[Near]:
        found = []
        for message in self._readable(reader, room_id):
            kept = self._store.contents[message.room_id].vectors.get(message.id)
            if kept is not None and kept.space == space:
                found.append(Near(message, sum(map(mul, kept.vector, vector))))
        return sorted(found, key=lambda near: near.similarity, reverse=True)[:take]

    def _readable(self, reader: UserId, room_id: RoomId | None) -> Iterator[Message]:
        for room, contents in ((room, self._store.contents[room]) for room in self._store.contents):
            if reader in contents.members and room_id in {None, room}:
                for message in contents.messages.values():
                    if is_readable(message):
                        yield message


class InMemoryTextIndex:
    """There is none: messages are looked at themselves."""

    async def behind(self, *, take: int) -> Behind:  # noqa: ARG002
        return Behind(0, [])

    async def follow(self, room_id: RoomId, *, take: int) -> int:  # noqa: ARG002
        return 0
