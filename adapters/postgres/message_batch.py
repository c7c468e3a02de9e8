"""The statements of the message log, each on many messages at once.

A room's ``members_version`` is raised by everyone who joins or leaves, in the transaction in which they do. So who was
a member at a version is one as long as the locked room still has that version, and need not be looked up again.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg import AsyncRawCursor

from adapters.postgres import arrays
from adapters.postgres.ai_usage import CHARGE_ASKED
from adapters.postgres.database import Connection
from adapters.postgres.message_marks import attachment_json
from adapters.postgres.prepared import PreparedStatements
from adapters.postgres.references import References
from application.ports.message_log import NewMessage
from domain.ids import AttachmentId, MessageId, RoomId, UserId
from domain.jarvis import JarvisRequest
from domain.mentions import NOBODY

# A room that had to be waited for is read anew: where its members are not those of the version in $2 any more, or it is
# gone, nothing is written and nothing comes back.
_TO_ONE_ROOM: LiteralString = """
with raised as (
    update rooms
    set last_seq = last_seq + cardinality($4::uuid[]), last_message_at = greatest(last_message_at, $3::timestamptz)
    where id = $1::uuid and members_version = $2::bigint
    returning id, last_seq - cardinality($4::uuid[]) as base
), posted as (
    insert into messages (id, room_id, seq, sender_type, sender_id, content, created_at, client_temp_id,
        fingerprint{columns})
    select d.id, r.id, r.base + d.place, 'user', d.sender_id, d.content, d.created_at, d.client_temp_id,
        d.fingerprint{values}
    from raised r,
        unnest($4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::bytea[]{array})
            with ordinality as d (id, sender_id, content, created_at, client_temp_id, fingerprint{element}, place)
    returning id, room_id, seq, created_at{columns}
), logged as (
    insert into room_events (room_id, seq, type, message_id, at) select room_id, seq, 1, id, created_at from posted
){referred}{asked}
select base from raised
"""

# The same for rooms in $1 with the versions in $2, each message's room being its place in $1 (`room`), and `place` its
# place among those of the room. Rooms are locked in the order of their ids, so that two servers never wait for each
# other. `bases` has -1 for a room of another version, and is null where one of the rooms is gone.
_TO_ROOMS: LiteralString = """
with locked as materialized (
    select w.no, r.id, r.last_seq, r.members_version = w.members_version as current, w.messages,
        greatest(r.last_message_at, w.newest) as newest
    from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $10::integer[])
        with ordinality as w (room_id, members_version, newest, messages, no)
    join rooms r on r.id = w.room_id
    order by r.id for no key update of r
), bases as materialized (
    select case when count(*) = cardinality($1::uuid[])
        then array_agg(case when current then last_seq else -1 end order by no) end as bases
    from locked
), raised as (
    update rooms r set last_seq = l.last_seq + l.messages, last_message_at = l.newest
    from locked l where r.id = l.id and (select bases from bases)[l.no] >= 0
), posted as (
    insert into messages (id, room_id, seq, sender_type, sender_id, content, created_at, client_temp_id,
        fingerprint{columns})
    select d.id, ($1)[d.room], (select bases from bases)[d.room] + d.place, 'user', d.sender_id, d.content,
        d.created_at, d.client_temp_id, d.fingerprint{values}
    from unnest($4::uuid[], $5::uuid[], $6::text[], $7::timestamptz[], $8::text[], $9::bytea[], $11::integer[],
            $12::integer[]{array})
        as d (id, sender_id, content, created_at, client_temp_id, fingerprint, room, place{element})
    where (select bases from bases)[d.room] >= 0
    returning id, room_id, seq, created_at{columns}
), logged as (
    insert into room_events (room_id, seq, type, message_id, at) select room_id, seq, 1, id, created_at from posted
){referred}{asked}
select bases from bases
"""

_ASKED: LiteralString = f""", asked as (
    insert into jarvis_requests (id, public_id, room_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
    select q.id, q.public_id, p.room_id, q.asker_id, q.prompt, q.mode, q.personal, q.lane, q.created_at, p.id
    from json_to_recordset({{requests}}::json)
        as q (id uuid, public_id text, asker_id uuid, prompt text, mode text, personal boolean, lane text,
            created_at timestamptz, message_id uuid)
    join posted p on p.id = q.message_id
    returning asker_id, created_at
), charged as ({CHARGE_ASKED})"""

# What few messages have comes as one JSON object a message, null for the others; most batches have no such
# column. The room is locked by the time a root is updated, and an update looks at the newest version of its row.
_REFERRED: LiteralString = """, replied as (
    update messages root set reply_count = root.reply_count + n.replies, last_reply_seq = n.newest
    from (
        select thread_id, count(*) as replies, max(seq) as newest from posted where thread_id is not null
        group by thread_id
    ) n
    where root.id = n.thread_id
), mentioned as (
    insert into mentions (user_id, message_id)
    select u.user_id::uuid, p.id from posted p cross join jsonb_array_elements_text(p.mentions) as u (user_id)
), filed as (
    insert into message_files (attachment_id, room_id, message_id)
    select (f.file ->> 'id')::uuid, p.room_id, p.id
    from posted p cross join jsonb_array_elements(p.attachments) as f (file)
    returning attachment_id
), sent as (
    update attachments a set unsent = false from filed f where a.id = f.attachment_id
)"""
_MORE_COLUMNS: LiteralString = ", reply_to_id, thread_id, attachments, mentions, mentions_room"
_MORE_VALUES: LiteralString = (
    ", (d.more::jsonb ->> 'reply_to_id')::uuid, (d.more::jsonb ->> 'thread_id')::uuid, d.more::jsonb -> 'attachments', "
    "d.more::jsonb -> 'mentions', coalesce((d.more::jsonb ->> 'mentions_room')::boolean, false)"
)


def _statement(template: LiteralString, *, more: LiteralString | None, requests: LiteralString | None) -> LiteralString:
    """The statement with the parameters of this name for what few messages have, and for questions to Jarvis."""
    return template.format(
        columns=_MORE_COLUMNS if more else "",
        values=_MORE_VALUES if more else "",
        array=f", {more}::text[]" if more else "",
        element=", more" if more else "",
        referred=_REFERRED if more else "",
        asked=_ASKED.format(requests=requests) if requests else "",
    )


TO_ONE_ROOM: Mapping[tuple[bool, bool], LiteralString] = {
    (False, False): _statement(_TO_ONE_ROOM, more=None, requests=None),
    (False, True): _statement(_TO_ONE_ROOM, more=None, requests="$10"),
    (True, False): _statement(_TO_ONE_ROOM, more="$10", requests=None),
    (True, True): _statement(_TO_ONE_ROOM, more="$10", requests="$11"),
}
"""By whether a message has more than a text, and whether one asks Jarvis."""
TO_ROOMS: Mapping[tuple[bool, bool], LiteralString] = {
    (False, False): _statement(_TO_ROOMS, more=None, requests=None),
    (False, True): _statement(_TO_ROOMS, more=None, requests="$13"),
    (True, False): _statement(_TO_ROOMS, more="$13", requests=None),
    (True, True): _statement(_TO_ROOMS, more="$13", requests="$14"),
}

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


FILES: LiteralString = """
select a.id, exists (select from message_files m where m.attachment_id = a.id)
from attachments a where a.id = any($1::uuid[])
"""


async def members(connection: Connection, pairs: Sequence[tuple[RoomId, UserId]]) -> Sequence[tuple[Any, ...]]:
    """Those of the pairs that are memberships, each as room, person and the room's members_version."""
    cursor = AsyncRawCursor(connection)
    await cursor.execute(MEMBERS, [[room for room, _ in pairs], [user for _, user in pairs]], binary=True)
    return await cursor.fetchall()


async def known(connection: Connection, messages: Sequence[NewMessage]) -> Mapping[int, tuple[MessageId, int, bytes]]:
    """Id, seq and fingerprint of the messages that were kept under the same client_temp_ids, by place from 0 on."""
    columns: list[list[Any]] = [
        [message.room_id for message in messages],
        [message.sender_id for message in messages],
        [message.client_temp_id for message in messages],
    ]
    cursor = AsyncRawCursor(connection)
    await cursor.execute(KNOWN, columns, binary=True)
    return {ord_ - 1: (id_, seq, fingerprint) for ord_, id_, seq, fingerprint in await cursor.fetchall()}


async def files(connection: Connection, ids: Sequence[AttachmentId]) -> Mapping[AttachmentId, bool]:
    """Those of the files that there are, and whether each hangs on a message."""
    cursor = AsyncRawCursor(connection)
    await cursor.execute(FILES, [list(ids)], binary=True)
    return dict(await cursor.fetchall())


async def insert(
    statements: PreparedStatements,
    messages: Sequence[NewMessage],
    versions: Mapping[RoomId, int],
    references: References,
) -> Sequence[int | None]:
    """Keep messages of members; answers each one's seq, None where the room is gone or not of that version any more.

    ``references`` knows what they refer to.

    One statement is one transaction without BEGIN and COMMIT. Raises what psycopg raises, UniqueViolation where a
    client_temp_id was used before or a file hangs on another message, ForeignKeyViolation where a file is gone, and
    UnicodeEncodeError.
    """
    drafts = [
        arrays.uuids([message.id for message in messages]),
        arrays.uuids([message.sender_id for message in messages]),
        arrays.texts([message.content for message in messages]),
        arrays.timestamps([message.created_at for message in messages]),
        arrays.texts([message.client_temp_id for message in messages]),
        arrays.byteas([message.fingerprint for message in messages]),
    ]
    asking = [(message.id, message.request) for message in messages if message.request is not None]
    requests = [_requests(asking)] if asking else []
    has_more = references.any or any(message.attachments for message in messages)
    more = [arrays.texts([_more(message, references) for message in messages])] if has_more else []
    variant = (bool(more), bool(asking))
    room_id = messages[0].room_id
    if all(message.room_id == room_id for message in messages):
        room = [room_id.bytes, arrays.bigint(versions[room_id]), arrays.timestamp(messages[-1].created_at)]
        base = await statements.value(TO_ONE_ROOM[variant], [*room, *drafts, *more, *requests])
        if base is None:
            return [None] * len(messages)
        before = arrays.as_bigint(base)
        return range(before + 1, before + 1 + len(messages))

    by_room: dict[RoomId, int] = {}
    counts: list[int] = []
    rooms: list[int] = []
    places: list[int] = []
    for message in messages:
        number = by_room.setdefault(message.room_id, len(counts))
        if number == len(counts):
            counts.append(0)
        counts[number] += 1
        rooms.append(number + 1)
        places.append(counts[number])
    targets = [
        arrays.uuids(list(by_room)),
        arrays.bigints([versions[room_id] for room_id in by_room]),
        arrays.timestamps([messages[-1].created_at] * len(by_room)),
    ]
    numbering = [arrays.integers(counts), arrays.integers(rooms), arrays.integers(places)]
    bases = await statements.value(TO_ROOMS[variant], [*targets, *drafts, *numbering, *more, *requests])
    if bases is None:
        return [None] * len(messages)
    befores = arrays.as_bigints(bases)
    return [
        befores[room - 1] + place if befores[room - 1] >= 0 else None for room, place in zip(rooms, places, strict=True)
    ]


def _more(message: NewMessage, references: References) -> str | None:
    mentions = references.mentions(message)
    if message.reply_to is None and not message.attachments and mentions is NOBODY:
        return None
    more: dict[str, Any] = {}
    if message.reply_to is not None:
        more = {"reply_to_id": str(message.reply_to), "thread_id": str(references.threads[message.id])}
    if message.attachments:
        more["attachments"] = [attachment_json(attachment) for attachment in message.attachments]
    if mentions.user_ids:
        more["mentions"] = [str(user_id) for user_id in mentions.user_ids]
    if mentions.room:
        more["mentions_room"] = True
    return json.dumps(more, ensure_ascii=False)


def _requests(asking: Sequence[tuple[MessageId, JarvisRequest]]) -> bytes:
    return json.dumps(
        [
            {
                "id": str(request.id),
                "public_id": request.public_id,
                "asker_id": str(request.asker_id),
                "prompt": request.prompt,
                "mode": request.mode.value,
                "personal": request.personal,
                "lane": request.lane,
                "created_at": request.created_at.isoformat(),
                "message_id": str(message_id),
            }
            for message_id, request in asking
        ],
        ensure_ascii=False,
    ).encode()
