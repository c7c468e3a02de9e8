"""Many messages in one statement, which is one transaction without BEGIN and COMMIT."""

from collections.abc import Sequence
from typing import Any, LiteralString

from psycopg import AsyncRawCursor

from adapters.postgres import arrays
from adapters.postgres.database import Connection
from application.ports.message_log import NewMessage
from domain.ids import MessageId
from domain.jarvis import JarvisRequest

# Rows of senders who are members come back: with their seq; with the seq, id and fingerprint of the first send where
# their client_temp_id is known; or without seq where somebody joined or left the room while the statement waited for
# it: a locked row is read anew, but the members are those of the statement's start.
# Rooms are locked in the order of their ids, so that two servers never wait for each other. A room that was deleted
# meanwhile has no rows.
_BATCH: LiteralString = """
with draft as (
    select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::timestamptz[], $7::text[])
        with ordinality as d (id, room_id, sender_id, content, fingerprint, created_at, client_temp_id, ord)
), permitted as materialized (
    select d.*, r.members_version
    from draft d
    join room_members m on m.room_id = d.room_id and m.user_id = d.sender_id
    join rooms r on r.id = d.room_id
){known}, fresh as materialized (
    select p.*, row_number() over (partition by p.room_id order by p.ord) as place
    from permitted p{unknown}
), locked as materialized (
    select r.id, r.last_seq, n.messages, greatest(r.last_message_at, n.newest) as last_message_at,
        r.members_version = n.members_version as current
    from (
        select room_id, members_version, count(*) as messages, max(created_at) as newest
        from fresh group by room_id, members_version
    ) n
    join rooms r on r.id = n.room_id
    order by r.id for no key update of r
), raised as (
    update rooms r set last_seq = l.last_seq + l.messages, last_message_at = l.last_message_at
    from locked l where r.id = l.id and l.current
), placed as materialized (
    select f.*, case when l.current then l.last_seq + f.place end as seq from fresh f join locked l on l.id = f.room_id
), posted as (
    insert into messages (id, room_id, seq, sender_type, sender_id, content, created_at, client_temp_id, fingerprint)
    select id, room_id, seq, 'user', sender_id, content, created_at, client_temp_id, fingerprint
    from placed where seq is not null
), logged as (
    insert into room_events (room_id, seq, type, message_id, at)
    select room_id, seq, 1, id, created_at from placed where seq is not null
){asked}
select ord, seq{first} from placed{or_known}
"""

_ASKED: LiteralString = """, asked as (
    insert into jarvis_requests (id, public_id, room_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
    select q.id, q.public_id, p.room_id, q.asker_id, q.prompt, q.mode, q.personal, q.lane, q.created_at, p.id
    from unnest($8::uuid[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::boolean[], $14::text[],
            $15::timestamptz[], $16::uuid[])
        as q (id, public_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
    join placed p on p.id = q.message_id
    where p.seq is not null
)"""

_KNOWN: LiteralString = """, known as materialized (
    select p.ord, m.seq, m.id, m.fingerprint
    from permitted p
    join messages m on m.room_id = p.room_id and m.sender_id = p.sender_id and m.client_temp_id = p.client_temp_id
)"""

_STRAIGHT: dict[str, LiteralString] = {"known": "", "unknown": "", "first": "", "or_known": ""}
STRAIGHT: LiteralString = _BATCH.format(**_STRAIGHT, asked="")
STRAIGHT_WITH_REQUESTS: LiteralString = _BATCH.format(**_STRAIGHT, asked=_ASKED)
CAREFUL: LiteralString = _BATCH.format(
    known=_KNOWN,
    unknown=" where p.ord not in (select ord from known)",
    first=", null::uuid as id, null::bytea as fingerprint",
    or_known=" union all select ord, seq, id, fingerprint from known",
    asked=_ASKED,
)
"""Looks every client_temp_id up first, which costs much of the speed: for a batch that has met a repeated one."""

Placed = Sequence[tuple[Any, ...]]


async def insert(connection: Connection, messages: Sequence[NewMessage], *, careful: bool) -> Placed:
    """Run the statement on a batch in which no client_temp_id comes twice from the same sender to the same room.

    The rows are ``(ord, seq)`` or, if careful, ``(ord, seq, id, fingerprint)``, by ``ord``, the message's place in the
    batch from 1 on. Raises what psycopg raises, and UnicodeEncodeError.
    """
    parameters: list[object] = [
        arrays.uuids([message.id for message in messages]),
        arrays.uuids([message.room_id for message in messages]),
        arrays.uuids([message.sender_id for message in messages]),
        arrays.texts([message.content for message in messages]),
        arrays.byteas([message.fingerprint for message in messages]),
        arrays.timestamps([message.created_at for message in messages]),
        arrays.texts([message.client_temp_id for message in messages]),
    ]
    asking = [(message.id, message.request) for message in messages if message.request is not None]
    query = CAREFUL if careful else STRAIGHT_WITH_REQUESTS if asking else STRAIGHT
    if query is not STRAIGHT:
        parameters.extend(_requests(asking))
    cursor = AsyncRawCursor(connection)
    await cursor.execute(query, parameters, prepare=True, binary=True)
    return sorted(await cursor.fetchall())


def _requests(asking: Sequence[tuple[MessageId, JarvisRequest]]) -> list[list[object]]:
    return [
        [request.id for _, request in asking],
        [request.public_id for _, request in asking],
        [request.asker_id for _, request in asking],
        [request.prompt for _, request in asking],
        [request.mode.value for _, request in asking],
        [request.personal for _, request in asking],
        [request.lane for _, request in asking],
        [request.created_at for _, request in asking],
        [message_id for message_id, _ in asking],
    ]
