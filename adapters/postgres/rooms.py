"""Rooms in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.postgres.session import Row, Session
from domain.errors import DuplicateEntry, NotFound
from domain.ids import RoomId, UserId
from domain.rooms import LEAST_LOOKED_AT, LOOKED_AT_IN_ALL, MOST_LOOKED_AT, Pair, Room, RoomSummary, RoomType

COLUMNS = "r.id, r.type, r.title, r.created_by, r.created_at, r.last_seq, r.last_message_at, r.pair_low, r.pair_high"

ADD = """
insert into rooms (id, type, title, created_by, created_at, last_seq, last_message_at, pair_low, pair_high)
values (%(id)s, %(type)s, %(title)s, %(created_by)s, %(created_at)s, %(last_seq)s, %(last_message_at)s, %(pair_low)s,
    %(pair_high)s)
on conflict (pair_low, pair_high) where pair_low is not null do nothing
"""

LOCK = f"select {COLUMNS} from rooms r where r.id = %(id)s for no key update"

RENAME = "update rooms set title = %(title)s where id = %(id)s"

# The room is locked before its rows are looked for: what was said while we waited must be seen, and go too.
LOCK_TO_DELETE = "select from rooms where id = %(id)s for update"

# Before all else: what hangs on a message must not be removed, and the one statement below sees things as they were.
FREE_FILES = "delete from message_files where room_id = %(id)s returning attachment_id"

DELETE_FILES = """
with dropped as (delete from attachments where id = any(%(ids)s) returning id)
insert into doomed_files (id) select id from dropped on conflict do nothing
"""

DELETE = """
with of_mentions as (delete from mentions where message_id in (select id from messages where room_id = %(id)s)),
    of_messages as (delete from messages where room_id = %(id)s),
    of_events as (delete from room_events where room_id = %(id)s),
    of_index as (delete from text_index where room_id = %(id)s),
    of_embedding_places as (delete from embedding_places where room_id = %(id)s),
    of_index_places as (delete from text_index_places where room_id = %(id)s),
    of_incoming_hooks as (delete from incoming_hooks where room_id = %(id)s),
    of_outgoing_hooks as (delete from outgoing_hooks where room_id = %(id)s),
    of_invitations as (delete from invitations where room_id = %(id)s),
    of_requests as (delete from jarvis_requests where room_id = %(id)s),
    of_translations as (delete from message_translations where room_id = %(id)s),
    of_matters as (delete from matters where room_id = %(id)s),
    of_pulse_reports as (delete from pulse_reports where room_id = %(id)s),
    of_jobs as (delete from jobs where room_id = %(id)s),
    of_recordings as (delete from recordings where room_id = %(id)s),
    of_cards as (delete from cards where room_id = %(id)s),
    of_members as (delete from room_members where room_id = %(id)s)
delete from rooms where id = %(id)s
"""

# What is unread is counted in the index alone, which holds who sent a message and whether it was deleted.
SUMMARY = f"""
select {COLUMNS},
    (select u.name from users u where r.pair_low is not null
        and u.id = case when r.pair_low = %(user_id)s then r.pair_high else r.pair_low end),
    (select count(*) from room_members m where m.room_id = r.id),
    coalesce(mine.last_read_seq, 0),
    case when r.last_seq > mine.last_read_seq then (
        select count(*) filter (where newest.deleted_at is null and newest.sender_id is distinct from %(user_id)s)
        from (
            select m.sender_id, m.deleted_at from messages m
            where m.room_id = mine.room_id and m.seq > mine.last_read_seq order by m.seq desc limit {{limit}}
        ) newest
    ) else 0 end
"""

# See domain.rooms.looked_at.
LIMIT = f"""(
    select greatest({LEAST_LOOKED_AT}, least({MOST_LOOKED_AT}, {LOOKED_AT_IN_ALL} / greatest(count(*), 1)))
    from room_members m join rooms r on r.id = m.room_id
    where m.user_id = %(user_id)s and r.last_seq > m.last_read_seq
)"""

ONE = f"""{SUMMARY.format(limit=MOST_LOOKED_AT)}
from rooms r left join room_members mine on mine.room_id = r.id and mine.user_id = %(user_id)s
where r.id = %(id)s
"""

OF_USER = f"""{SUMMARY.format(limit=LIMIT)}
from room_members mine join rooms r on r.id = mine.room_id
where mine.user_id = %(user_id)s
order by coalesce(r.last_message_at, r.created_at) desc, r.id desc
"""

BETWEEN = "select id from rooms where pair_low = %(low)s and pair_high = %(high)s"


def room_of(row: Row) -> Room:
    """A room of COLUMNS."""
    id_, type_, title, created_by, created_at, last_seq, last_message_at, low, high = row[:9]
    pair = None if low is None else (low, high)
    return Room(id_, RoomType(type_), title, created_by, created_at, last_seq, last_message_at, pair)


def summary_of(row: Row) -> RoomSummary:
    """A room of SUMMARY."""
    other, members_count, last_read_seq, unread = row[9:]
    room = room_of(row)
    return RoomSummary(room if other is None else replace(room, title=other), members_count, last_read_seq, unread)


class PostgresRoomRepository:
    """RoomRepository on the table rooms."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, room: Room) -> None:
        low, high = room.pair or (None, None)
        kept = await self._session.write(
            ADD,
            {
                "id": room.id,
                "type": room.type.value,
                "title": room.title,
                "created_by": room.created_by,
                "created_at": room.created_at,
                "last_seq": room.last_seq,
                "last_message_at": room.last_message_at,
                "pair_low": low,
                "pair_high": high,
            },
        )
        if not kept:
            raise DuplicateEntry

    async def lock(self, room_id: RoomId) -> Room:
        row = await self._session.write_one(LOCK, {"id": room_id})
        if row is None:
            raise NotFound
        return room_of(row)

    async def rename(self, room_id: RoomId, title: str) -> None:
        await self._session.write(RENAME, {"id": room_id, "title": title})

    async def delete(self, room_id: RoomId) -> None:
        await self._session.write(LOCK_TO_DELETE, {"id": room_id})
        files = [id_ for (id_,) in await self._session.write_all(FREE_FILES, {"id": room_id})]
        if files:
            await self._session.write(DELETE_FILES, {"ids": files})
        await self._session.write(DELETE, {"id": room_id})

    async def summary(self, room_id: RoomId, reader_id: UserId) -> RoomSummary:
        row = await self._session.read_one(ONE, {"id": room_id, "user_id": reader_id})
        if row is None:
            raise NotFound
        return summary_of(row)

    async def of_user(self, user_id: UserId) -> Sequence[RoomSummary]:
        return [summary_of(row) for row in await self._session.read(OF_USER, {"user_id": user_id})]

    async def between(self, pair: Pair) -> RoomId | None:
        row = await self._session.read_one(BETWEEN, {"low": pair[0], "high": pair[1]})
        return None if row is None else RoomId(row[0])
