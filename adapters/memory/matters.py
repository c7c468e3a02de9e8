"""Decisions and tasks."""

from collections.abc import Sequence

from adapters.memory.store import InMemoryStore
from application.ports.matters import Choice
from domain.errors import DuplicateEntry, NotFound
from domain.ids import MatterId, MessageId, RoomId, UserId
from domain.matters import Matter, MatterKind


class InMemoryMatterRepository:
    """Each room's by id. Nothing needs to be held: units of work follow one another."""

    def __init__(self, store: InMemoryStore) -> None:
        self._store = store

    async def add(self, matter: Matter) -> None:
        matters = self._store.contents[matter.room_id].matters
        if matter.source_id is not None and any(
            (other.source_id, other.kind) == (matter.source_id, matter.kind) for other in matters.values()
        ):
            raise DuplicateEntry
        matters.put(matter.id, matter)

    async def get(self, room_id: RoomId, kind: MatterKind, matter_id: MatterId) -> Matter:
        contents = self._store.contents.get(room_id)
        matter = contents.matters.get(matter_id) if contents else None
        if matter is None or matter.kind is not kind or matter.removed_at is not None:
            raise NotFound
        return matter

    async def replace(self, matter: Matter) -> None:
        self._store.contents[matter.room_id].matters.put(matter.id, matter)

    async def of_room(
        self, room_id: RoomId, choice: Choice, *, before: MatterId | None = None, take: int
    ) -> Sequence[Matter]:
        return _chosen(self._in_room(room_id), choice, before, take)

    async def of_reader(
        self, user_id: UserId, choice: Choice, *, before: MatterId | None = None, take: int
    ) -> Sequence[Matter]:
        rooms = [room_id for room_id in self._store.rooms if user_id in self._store.contents[room_id].members]
        return _chosen([matter for room_id in rooms for matter in self._in_room(room_id)], choice, before, take)

    async def from_messages(self, room_id: RoomId, message_ids: Sequence[MessageId]) -> Sequence[Matter]:
        sought = frozenset(message_ids)
        return [matter for matter in self._in_room(room_id) if matter.source_id in sought]

    async def count(self, room_id: RoomId, kind: MatterKind) -> int:
        return sum(matter.kind is kind and matter.removed_at is None for matter in self._in_room(room_id))

    def _in_room(self, room_id: RoomId) -> Sequence[Matter]:
        contents = self._store.contents.get(room_id)
        return sorted(contents.matters.values(), key=lambda matter: matter.id) if contents else []


def _chosen(matters: Sequence[Matter], choice: Choice, before: MatterId | None, take: int) -> Sequence[Matter]:
    chosen = [
        matter
        for matter in matters
        if matter.removed_at is None
        and choice.kind in {None, matter.kind}
        and choice.state in {None, matter.state}
        and choice.owner_id in {None, matter.owner_id}
        and (choice.due_before is None or (matter.due is not None and matter.due < choice.due_before))
        and (before is None or matter.id < before)
    ]
    return sorted(chosen, key=lambda matter: matter.id, reverse=True)[:take]
