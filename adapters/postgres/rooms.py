"""Rooms in PostgreSQL."""

# ruff: noqa: S608 -- a Session takes LiteralString alone, so mypy proves that no value gets into the SQL

from collections.abc import Sequence

from adapters.postgres.session import Row, Session
from domain.errors import NotFound
from domain.ids import RoomId, UserId
from domain.rooms import Room, RoomSummary, RoomType

COLUMNS = "r.id, r.type, r.title, r.created_by, r.created_at, r.last_seq, r.last_message_at"
SUMMARY = f"{COLUMNS}, (select count(*) from room_members m where m.room_id = r.id)"

ADD = """
insert into rooms (id, type, title, created_by, created_at, last_seq, last_message_at)
values (%(id)s, %(type)s, %(title)s, %(created_by)s, %(created_at)s, %(last_seq)s, %(last_message_at)s)
"""

LOCK = f"select {COLUMNS} from rooms r where r.id = %(id)s for no key update"

RENAME = "update rooms set title = %(title)s where id = %(id)s"

# The room is locked before its rows are looked for: what was said while we waited must be seen, and go too.
LOCK_TO_DELETE = "select from rooms where id = %(id)s for update"

DELETE = """
with of_messages as (delete from messages where room_id = %(id)s),
    of_events as (delete from room_events where room_id = %(id)s),
    of_index as (delete from text_index where room_id = %(id)s),
    of_index_places as (delete from text_index_places where room_id = %(id)s),
    of_requests as (delete from jarvis_requests where room_id = %(id)s),
    of_jobs as (delete from jobs where room_id = %(id)s),
    of_members as (delete from room_members where room_id = %(id)s)
delete from rooms where id = %(id)s
"""

ONE = f"select {SUMMARY} from rooms r where r.id = %(id)s"

OF_USER = f"""
select {SUMMARY} from room_members mine join rooms r on r.id = mine.room_id where mine.user_id = %(user_id)s
order by coalesce(r.last_message_at, r.created_at) desc, r.id desc
"""


def room_of(row: Row) -> Room:
    """A room of COLUMNS."""
    id_, type_, title, created_by, created_at, last_seq, last_message_at = row[:7]
    return Room(id_, RoomType(type_), title, created_by, created_at, last_seq, last_message_at)


class PostgresRoomRepository:
    """RoomRepository on the table rooms."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, room: Room) -> None:
        await self._session.write(
            ADD,
            {
                "id": room.id,
                "type": room.type.value,
                "title": room.title,
                "created_by": room.created_by,
                "created_at": room.created_at,
                "last_seq": room.last_seq,
                "last_message_at": room.last_message_at,
            },
        )

    async def lock(self, room_id: RoomId) -> Room:
        row = await self._session.write_one(LOCK, {"id": room_id})
        if row is None:
            raise NotFound
        return room_of(row)

    async def rename(self, room_id: RoomId, title: str) -> None:
        await self._session.write(RENAME, {"id": room_id, "title": title})

    async def delete(self, room_id: RoomId) -> None:
        await self._session.write(LOCK_TO_DELETE, {"id": room_id})
        await self._session.write(DELETE, {"id": room_id})

    async def summary(self, room_id: RoomId) -> RoomSummary:
        row = await self._session.read_one(ONE, {"id": room_id})
        if row is None:
            raise NotFound
        return RoomSummary(room_of(row), row[7])

    async def of_user(self, user_id: UserId) -> Sequence[RoomSummary]:
        return [RoomSummary(room_of(row), row[7]) for row in await self._session.read(OF_USER, {"user_id": user_id})]
