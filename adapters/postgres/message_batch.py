"""The statements of the message log, each on many messages at once.

A room's ``members_version`` is raised by everyone who joins or leaves, in the transaction in which they do. So who was
a member at a version is one as long as the locked room still has that version, and need not be looked up again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg import AsyncRawCursor

from adapters.postgres import arrays
from adapters.postgres.database import Connection
from application.ports.message_log import NewMessage
from domain.ids import MessageId, RoomId, UserId
from domain.jarvis import JarvisRequest

# Rooms are locked in the order of their ids, so that two servers never wait for each other; a row that was waited
# for is read anew. `bases` has each room's last_seq before, by its place in $1, or -1 where its members are not those of
# the version in $2; it is null where one of the rooms is gone. Nothing is written for a room without a base.
_INSERT: LiteralString = """
with locked as materialized (
    select w.no, r.id, r.last_seq, r.members_version = w.members_version as current, w.messages,
        greatest(r.last_message_at, w.newest) as newest
    from unnest($1::uuid[], $2::bigint[], $3::integer[], $4::timestamptz[])
        with ordinality as w (room_id, members_version, messages, newest, no)
    join rooms r on r.id = w.room_id
    order by r.id for no key update of r
), bases as materialized (
    select case when count(*) = cardinality($1)
        then array_agg(case when current then last_seq else -1 end order by no) end as bases
    from locked
), raised as (
    update rooms r set last_seq = l.last_seq + l.messages, last_message_at = l.newest
    from locked l where r.id = l.id and (select bases from bases)[l.no] >= 0
), posted as (
    insert into messages (id, room_id, seq, sender_type, sender_id, content, created_at, client_temp_id, fingerprint)
    select d.id, ($1)[d.room], (select bases from bases)[d.room] + d.place, 'user', d.sender_id, d.content,
        d.created_at, d.client_temp_id, d.fingerprint
    from unnest($5::integer[], $6::integer[], $7::uuid[], $8::uuid[], $9::text[], $10::timestamptz[], $11::text[],
            $12::bytea[])
        as d (room, place, id, sender_id, content, created_at, client_temp_id, fingerprint)
    where (select bases from bases)[d.room] >= 0
    returning id, room_id, seq, created_at
), logged as (
    insert into room_events (room_id, seq, type, message_id, at) select room_id, seq, 1, id, created_at from posted
){asked}
select bases from bases
"""

_ASKED: LiteralString = """, asked as (
    insert into jarvis_requests (id, public_id, room_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
    select q.id, q.public_id, p.room_id, q.asker_id, q.prompt, q.mode, q.personal, q.lane, q.created_at, p.id
    from unnest($13::uuid[], $14::text[], $15::uuid[], $16::text[], $17::text[], $18::boolean[], $19::text[],
            $20::timestamptz[], $21::uuid[])
        as q (id, public_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
    join posted p on p.id = q.message_id
)"""

INSERT: LiteralString = _INSERT.format(asked="")
INSERT_WITH_REQUESTS: LiteralString = _INSERT.format(asked=_ASKED)

MEMBERS: LiteralString = """
select m.room_id, m.user_id, r.members_version
from unnest($1::uuid[], $2::uuid[]) as w (room_id, user_id)
join room_members m on m.room_id = w.room_id and m.user_id = w.user_id
join rooms r on r.id = m.room_id
"""

KNOWN: LiteralString = """
select w.ord, m.id, m.seq, m.fingerprint
from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as w (room_id, sender_id, client_temp_id, ord)
join messages m on m.room_id = w.room_id and m.sender_id = w.sender_id and m.client_temp_id = w.client_temp_id
"""


async def members(connection: Connection, pairs: Sequence[tuple[RoomId, UserId]]) -> Sequence[tuple[Any, ...]]:
    """Those of the pairs that are memberships, each as room, person and the room's members_version."""
    return await _run(
        connection, MEMBERS, [arrays.uuids([room for room, _ in pairs]), arrays.uuids([user for _, user in pairs])]
    )


async def known(connection: Connection, messages: Sequence[NewMessage]) -> Mapping[int, tuple[MessageId, int, bytes]]:
    """Id, seq and fingerprint of the messages that were kept under the same client_temp_ids, by place from 0 on."""
    rows = await _run(
        connection,
        KNOWN,
        [
            arrays.uuids([message.room_id for message in messages]),
            arrays.uuids([message.sender_id for message in messages]),
            arrays.texts([message.client_temp_id for message in messages]),
        ],
    )
    return {ord_ - 1: (id_, seq, fingerprint) for ord_, id_, seq, fingerprint in rows}


async def insert(
    connection: Connection, messages: Sequence[NewMessage], versions: Mapping[RoomId, int]
) -> Sequence[int | None]:
    """Keep messages of members; answers each one's seq, None where the room is gone or not of that version any more.

    One statement is one transaction without BEGIN and COMMIT. Raises what psycopg raises, UniqueViolation where a
    client_temp_id was used before.
    """
    numbers: dict[RoomId, int] = {}
    counts: list[int] = []
    newest: list[Any] = []
    rooms: list[int] = []
    places: list[int] = []
    for message in messages:
        number = numbers.get(message.room_id)
        if number is None:
            numbers[message.room_id] = number = len(counts)
            counts.append(0)
            newest.append(message.created_at)
        counts[number] += 1
        rooms.append(number + 1)
        places.append(counts[number])
    parameters: list[object] = [
        arrays.uuids(list(numbers)),
        arrays.bigints([versions[room_id] for room_id in numbers]),
        arrays.integers(counts),
        arrays.timestamps(newest),
        arrays.integers(rooms),
        arrays.integers(places),
        arrays.uuids([message.id for message in messages]),
        arrays.uuids([message.sender_id for message in messages]),
        arrays.texts([message.content for message in messages]),
        arrays.timestamps([message.created_at for message in messages]),
        arrays.texts([message.client_temp_id for message in messages]),
        arrays.byteas([message.fingerprint for message in messages]),
    ]
    asking = [(message.id, message.request) for message in messages if message.request is not None]
    if asking:
        [(bases,)] = await _run(connection, INSERT_WITH_REQUESTS, [*parameters, *_requests(asking)])
    else:
        [(bases,)] = await _run(connection, INSERT, parameters)
    if bases is None:
        return [None] * len(messages)
    return [
        bases[number - 1] + place if bases[number - 1] >= 0 else None
        for number, place in zip(rooms, places, strict=True)
    ]


async def _run(connection: Connection, query: LiteralString, parameters: Sequence[object]) -> Sequence[tuple[Any, ...]]:
    cursor = AsyncRawCursor(connection)
    await cursor.execute(query, parameters, prepare=True, binary=True)
    return await cursor.fetchall()


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
