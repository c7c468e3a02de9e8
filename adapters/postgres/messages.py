"""Messages in PostgreSQL."""

from collections.abc import Sequence
from typing import LiteralString

from adapters.postgres.message_marks import (
    attachments_jsonb,
    attachments_of,
    citations_jsonb,
    citations_of,
    mentions_jsonb,
    mentions_of,
    pin_of,
    reactions_jsonb,
    reactions_of,
)
from adapters.postgres.session import Parameters, Row, Session
from domain.errors import NotFound
from domain.ids import MessageId, RoomId
from domain.messages import Message, SenderType

COLUMNS = (
    "m.id, m.room_id, m.seq, m.sender_type, m.sender_id, m.content, m.created_at, m.client_temp_id, m.edited_at, "
    "m.deleted_at, m.deleted_by, m.request_id, m.reply_to_id, m.thread_id, m.reply_count, m.last_reply_seq, "
    "m.attachments, m.reactions, m.pinned_at, m.pinned_by, m.mentions, m.mentions_room, "
    "case when m.citations is not null then (select jsonb_agg(jsonb_build_array(c.value->0, c.value->1, "
    "case when t.deleted_at is null then left(t.content, 2000) else '' end) order by c.ordinality) "
    "from jsonb_array_elements(m.citations) with ordinality c left join messages t on t.id = (c.value->>1)::uuid) end, "
    "m.sender_name"
)

GET = f"select {COLUMNS} from messages m where m.id = %(id)s and m.room_id = %(room_id)s"

LOCK = f"{GET} for no key update"

ADD = """
with kept as (
    insert into messages (id, room_id, seq, sender_type, sender_id, content, created_at, client_temp_id, edited_at,
        deleted_at, deleted_by, request_id, reply_to_id, thread_id, attachments, citations, sender_name,
        mentions, mentions_room)
    values (%(id)s, %(room_id)s, %(seq)s, %(sender_type)s, %(sender_id)s, %(content)s, %(created_at)s,
        %(client_temp_id)s, %(edited_at)s, %(deleted_at)s, %(deleted_by)s, %(request_id)s,
        %(reply_to)s, %(thread_id)s, %(attachments)s, %(citations)s, %(sender_name)s, %(mentions)s, %(mentions_room)s)
), mentioned as (
    insert into mentions (user_id, message_id)
    select m.user_id, %(id)s from unnest(%(mentioned)s::uuid[]) as m (user_id)
), counted as (
    update messages set reply_count = reply_count + 1, last_reply_seq = %(seq)s where id = %(thread_id)s
)
update rooms set last_message_at = greatest(last_message_at, %(created_at)s) where id = %(room_id)s
"""

REPLACE = """
with replaced as (
    update messages set content = %(content)s, edited_at = %(edited_at)s, deleted_at = %(deleted_at)s,
        deleted_by = %(deleted_by)s, attachments = %(attachments)s, reactions = %(reactions)s,
        pinned_at = %(pinned_at)s, pinned_by = %(pinned_by)s, mentions = %(mentions)s,
        mentions_room = %(mentions_room)s
    where id = %(id)s
), untranslated as (
    delete from message_translations where message_id = %(id)s
), forgotten as (
    delete from mentions where message_id = %(id)s and user_id <> all(%(mentioned)s::uuid[])
), unasked as (
    update jarvis_requests set prompt = ''
    where message_id = %(id)s
        and (status = 'done' or status = 'failed' and %(deleted_at)s::timestamptz is not null)
)
insert into mentions (user_id, message_id) select m.user_id, %(id)s from unnest(%(mentioned)s::uuid[]) as m (user_id)
on conflict do nothing
"""

MARK = """
update messages set reactions = %(reactions)s, pinned_at = %(pinned_at)s, pinned_by = %(pinned_by)s where id = %(id)s
"""

NEWEST = f"select {COLUMNS} from messages m where m.room_id = %(room_id)s order by m.seq desc limit %(take)s"

BEFORE = f"""
select {COLUMNS} from messages m
where m.room_id = %(room_id)s
    and m.seq < (select b.seq from messages b where b.id = %(before)s and b.room_id = %(room_id)s)
order by m.seq desc limit %(take)s
"""

# One statement, so that the root counts just the replies that are shown with it.
_THREAD: LiteralString = f"""
with began as materialized (
    select coalesce(m.thread_id, m.id) as id from messages m where m.id = %(id)s and m.room_id = %(room_id)s
)
select {COLUMNS} from messages m where m.id = (select id from began)
union all (
    select {COLUMNS} from messages m where m.thread_id = (select id from began){{earlier}}
    order by m.seq desc limit %(take)s
)
order by seq
"""
_EARLIER: LiteralString = """
        and m.seq < (select b.seq from messages b where b.id = %(before)s and b.thread_id = (select id from began))"""

THREAD: LiteralString = _THREAD.format(earlier="")
THREAD_BEFORE: LiteralString = _THREAD.format(earlier=_EARLIER)

_SENDER_TYPES = {sender_type.value: sender_type for sender_type in SenderType}


def message_of(row: Row) -> Message:
    """A message of COLUMNS."""
    id_, room_id, seq, sender_type, *rest = row
    attachments, reactions, pinned_at, pinned_by, mentions, mentions_room, citations, sender_name = rest[12:]
    rest[12:] = (
        attachments_of(attachments),
        reactions_of(reactions),
        pin_of(pinned_at, pinned_by),
        mentions_of(mentions, room=mentions_room),
        citations_of(room_id, citations),
        sender_name,
    )
    return Message(id_, room_id, seq, _SENDER_TYPES[sender_type], *rest)


def _mentions(message: Message) -> Parameters:
    return {
        "mentions": mentions_jsonb(message.mentions),
        "mentions_room": message.mentions.room,
        "mentioned": list(message.mentions.user_ids),
    }


def _marks(message: Message) -> Parameters:
    pin = message.pin
    return {
        "reactions": reactions_jsonb(message.reactions),
        "pinned_at": None if pin is None else pin.at,
        "pinned_by": None if pin is None else pin.by,
    }


class PostgresMessageRepository:
    """MessageRepository on the table messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def get(self, room_id: RoomId, message_id: MessageId) -> Message:
        row = await self._session.read_one(GET, {"id": message_id, "room_id": room_id})
        if row is None:
            raise NotFound
        return message_of(row)

    async def lock(self, room_id: RoomId, message_id: MessageId) -> Message:
        row = await self._session.write_one(LOCK, {"id": message_id, "room_id": room_id})
        if row is None:
            raise NotFound
        return message_of(row)

    async def add(self, message: Message) -> None:
        await self._session.write(
            ADD,
            {
                "id": message.id,
                "room_id": message.room_id,
                "seq": message.seq,
                "sender_type": message.sender_type.value,
                "sender_id": message.sender_id,
                "content": message.content,
                "created_at": message.created_at,
                "client_temp_id": message.client_temp_id,
                "edited_at": message.edited_at,
                "deleted_at": message.deleted_at,
                "deleted_by": message.deleted_by,
                "request_id": message.request_id,
                "reply_to": message.reply_to,
                "thread_id": message.thread_id,
                "attachments": attachments_jsonb(message.attachments),
                "citations": citations_jsonb(message.citations),
                "sender_name": message.sender_name,
                **_mentions(message),
            },
        )

    async def replace(self, message: Message) -> None:
        await self._session.write(
            REPLACE,
            {
                "id": message.id,
                "content": message.content,
                "edited_at": message.edited_at,
                "deleted_at": message.deleted_at,
                "deleted_by": message.deleted_by,
                "attachments": attachments_jsonb(message.attachments),
                **_mentions(message),
                **_marks(message),
            },
        )

    async def mark(self, message: Message) -> None:
        await self._session.write(MARK, {"id": message.id, **_marks(message)})

    async def page(self, room_id: RoomId, *, before: MessageId | None, take: int) -> Sequence[Message]:
        if before is None:
            rows = await self._session.read(NEWEST, {"room_id": room_id, "take": take})
        else:
            rows = await self._session.read(BEFORE, {"room_id": room_id, "before": before, "take": take})
        return [message_of(row) for row in reversed(rows)]

    async def thread(
        self, room_id: RoomId, message_id: MessageId, *, before: MessageId | None, take: int
    ) -> Sequence[Message]:
        asked = {"id": message_id, "room_id": room_id, "take": take}
        if before is None:
            rows = await self._session.read(THREAD, asked)
        else:
            rows = await self._session.read(THREAD_BEFORE, {**asked, "before": before})
        if not rows:
            raise NotFound
        return [message_of(row) for row in rows]
