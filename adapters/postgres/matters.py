"""Decisions and tasks in PostgreSQL."""

from collections.abc import Mapping, Sequence

from adapters.postgres.session import Parameters, Row, Session
from application.ports.matters import Choice
from domain.errors import DuplicateEntry, NotFound
from domain.ids import MatterId, MessageId, RoomId, UserId
from domain.matters import Matter, MatterKind, MatterState, Origin

COLUMNS = (
    "t.id, t.room_id, t.kind, t.title, t.state, t.origin, t.created_at, t.updated_at, t.created_by, t.owner_id, t.due, "
    "t.note, t.source_id, t.quoted, t.removed_at"
)

ADD = """
insert into matters (id, room_id, kind, title, state, origin, created_at, updated_at, created_by, owner_id, due, note,
    source_id, quoted, removed_at)
values (%(id)s, %(room_id)s, %(kind)s, %(title)s, %(state)s, %(origin)s, %(created_at)s, %(updated_at)s,
    %(created_by)s, %(owner_id)s, %(due)s, %(note)s, %(source_id)s, %(quoted)s, %(removed_at)s)
on conflict do nothing
"""

GET = f"""
select {COLUMNS} from matters t
where t.id = %(id)s and t.room_id = %(room_id)s and t.kind = %(kind)s and t.removed_at is null
"""

REPLACE = """
update matters set title = %(title)s, state = %(state)s, updated_at = %(updated_at)s, owner_id = %(owner_id)s,
    due = %(due)s, note = %(note)s, source_id = %(source_id)s, quoted = %(quoted)s, removed_at = %(removed_at)s
where id = %(id)s
"""

_CHOSEN = """
t.removed_at is null
    and (%(kind)s::text is null or t.kind = %(kind)s)
    and (%(state)s::text is null or t.state = %(state)s)
    and (%(owner_id)s::uuid is null or t.owner_id = %(owner_id)s)
    and (%(due_before)s::date is null or t.due < %(due_before)s)
    and (%(before)s::uuid is null or t.id < %(before)s)
order by t.id desc limit %(take)s
"""

OF_ROOM = f"select {COLUMNS} from matters t where t.room_id = %(room_id)s and {_CHOSEN}"

OF_READER = f"""
select {COLUMNS} from matters t
where t.room_id in (select m.room_id from room_members m where m.user_id = %(user_id)s) and {_CHOSEN}
"""

FROM_MESSAGES = f"""
select {COLUMNS} from matters t
where t.source_id = any(%(message_ids)s::uuid[]) and t.room_id = %(room_id)s order by t.id
"""

COUNT = "select count(*) from matters t where t.room_id = %(room_id)s and t.kind = %(kind)s and t.removed_at is null"

BY_IDS = f"select {COLUMNS} from matters t where t.id = any(%(ids)s::uuid[])"


def matter_of(row: Row) -> Matter:
    """A decision or a task of COLUMNS."""
    id_, room_id, kind, title, state, origin, *rest = row
    return Matter(id_, room_id, MatterKind(kind), title, MatterState(state), Origin(origin), *rest)


async def matters_by_id(session: Session, matter_ids: Sequence[MatterId]) -> Mapping[MatterId, Matter]:
    """These, as they stand now, also where they were removed."""
    if not matter_ids:
        return {}
    found = map(matter_of, await session.read(BY_IDS, {"ids": list(matter_ids)}))
    return {matter.id: matter for matter in found}


def _chosen(choice: Choice, before: MatterId | None, take: int) -> Parameters:
    return {
        "kind": None if choice.kind is None else choice.kind.value,
        "state": None if choice.state is None else choice.state.value,
        "owner_id": choice.owner_id,
        "due_before": choice.due_before,
        "before": before,
        "take": take,
    }


class PostgresMatterRepository:
    """MatterRepository on the table matters."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, matter: Matter) -> None:
        if not await self._session.write(ADD, self._columns(matter)):
            raise DuplicateEntry

    async def get(self, room_id: RoomId, kind: MatterKind, matter_id: MatterId) -> Matter:
        row = await self._session.read_one(GET, {"id": matter_id, "room_id": room_id, "kind": kind.value})
        if row is None:
            raise NotFound
        return matter_of(row)

    async def replace(self, matter: Matter) -> None:
        await self._session.write(REPLACE, self._columns(matter))

    async def of_room(
        self, room_id: RoomId, choice: Choice, *, before: MatterId | None = None, take: int
    ) -> Sequence[Matter]:
        rows = await self._session.read(OF_ROOM, {"room_id": room_id, **_chosen(choice, before, take)})
        return [matter_of(row) for row in rows]

    async def of_reader(
        self, user_id: UserId, choice: Choice, *, before: MatterId | None = None, take: int
    ) -> Sequence[Matter]:
        rows = await self._session.read(OF_READER, {"user_id": user_id, **_chosen(choice, before, take)})
        return [matter_of(row) for row in rows]

    async def from_messages(self, room_id: RoomId, message_ids: Sequence[MessageId]) -> Sequence[Matter]:
        asked = {"room_id": room_id, "message_ids": list(message_ids)}
        return [matter_of(row) for row in await self._session.read(FROM_MESSAGES, asked)]

    async def count(self, room_id: RoomId, kind: MatterKind) -> int:
        row = await self._session.read_one(COUNT, {"room_id": room_id, "kind": kind.value})
        return 0 if row is None else int(row[0])

    @staticmethod
    def _columns(matter: Matter) -> Parameters:
        return {
            "id": matter.id,
            "room_id": matter.room_id,
            "kind": matter.kind.value,
            "title": matter.title,
            "state": matter.state.value,
            "origin": matter.origin.value,
            "created_at": matter.created_at,
            "updated_at": matter.updated_at,
            "created_by": matter.created_by,
            "owner_id": matter.owner_id,
            "due": matter.due,
            "note": matter.note,
            "source_id": matter.source_id,
            "quoted": matter.quoted,
            "removed_at": matter.removed_at,
        }
