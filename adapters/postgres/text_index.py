"""The index of words in PostgreSQL."""

import asyncio
from collections.abc import Mapping

from adapters.postgres.room_log import EventType
from adapters.postgres.session import Session
from application.ports.text_index import Behind
from domain.ids import RoomId
from domain.messages import LARGE
from domain.search import entries_of

TOUCHING = f"e.type in ({EventType.MESSAGE_POSTED:d}, {EventType.MESSAGE_EDITED:d}, {EventType.ANSWER_POSTED:d})"
"""Events of a room's log that give a message a text."""

TEXT = f"({TOUCHING} or e.type = {EventType.MESSAGE_DELETED:d})"
"""Events of a room's log that give a message a text or take it away."""

CONTENT = f"""
case when octet_length(m.content) > {LARGE:d} then split_part(m.content, E'\n[[jarvis_attachments_v1]]', 1)
    else m.content end
"""
"""What is read of a content: megabytes of attachments stay where they are."""

BEHIND = """
select r.id, sum(r.last_seq - coalesce(p.seq, 0)) over () from rooms r
left join text_index_places p on p.room_id = r.id
where r.last_seq > coalesce(p.seq, 0)
limit %(take)s
"""

# Whoever deletes the room waits until this unit of work has ended, and then sees what it wrote. Sends do not wait.
HOLD_ROOM = "select last_seq from rooms where id = %(room_id)s for key share"

BEGIN = "insert into text_index_places (room_id, seq) values (%(room_id)s, 0) on conflict do nothing"

PLACE = "select seq from text_index_places where room_id = %(room_id)s for update skip locked"

# The text is the one that the message has by now: what is changed after this statement is an event after its last one.
NEXT = f"""
select e.seq, m.seq, {CONTENT}, m.deleted_at is null
from room_events e
left join lateral (
    select m.* from messages m where m.id = e.message_id and {TEXT} and m.sender_type <> 'system' offset 0
) m on true
where e.room_id = %(room_id)s and e.seq > %(seq)s
order by e.seq limit %(take)s
"""

PUT = """
insert into text_index (room_id, seq, entries)
select %(room_id)s, w.seq, array_to_tsvector(string_to_array(w.entries, ' '))
from unnest(%(seqs)s::bigint[], %(entries)s::text[]) as w (seq, entries)
on conflict (room_id, seq) do update set entries = excluded.entries
"""

FORGET = "delete from text_index where room_id = %(room_id)s and seq = any(%(seqs)s::bigint[])"

MOVE = "update text_index_places set seq = %(seq)s where room_id = %(room_id)s"


_AT_A_STRETCH = 500
"""Characters whose entries are made without a pause: about a millisecond's work."""


def room_entry(room_id: RoomId) -> str:
    """The entry of every message of a room, by which the index leaves out those of others."""
    return f"@{room_id.hex}"


class PostgresTextIndex:
    """TextIndex on the tables text_index and text_index_places."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def behind(self, *, take: int) -> Behind:
        rows = await self._session.read(BEHIND, {"take": take})
        return Behind(int(rows[0][1]) if rows else 0, [room_id for room_id, _ in rows])

    async def follow(self, room_id: RoomId, *, take: int) -> int:
        of_room = {"room_id": room_id}
        room = await self._session.write_one(HOLD_ROOM, of_room)
        if room is None:
            return 0
        await self._session.write(BEGIN, of_room)
        place = await self._session.write_one(PLACE, of_room)
        if place is None:
            return 0
        events = await self._session.read(NEXT, {**of_room, "seq": place[0], "take": take})
        texts = {seq: content if is_there else None for _, seq, content, is_there in events if seq is not None}
        await self._keep(room_id, texts)
        await self._session.write(MOVE, {**of_room, "seq": events[-1][0] if events else room[0]})
        return len(events)

    async def _keep(self, room_id: RoomId, texts: Mapping[int, str | None]) -> None:
        ours = room_entry(room_id)
        there: dict[int, str] = {}
        characters = 0
        for seq, text in texts.items():
            if text is not None:
                there[seq] = f"{ours} {' '.join(entries_of(text))}".rstrip()
                characters += len(text)
                if characters > _AT_A_STRETCH:
                    characters = 0
                    await asyncio.sleep(0)  # whoever else is served by this process has waited long enough
        gone = [seq for seq, text in texts.items() if text is None]
        if there:
            await self._session.write(PUT, {"room_id": room_id, "seqs": list(there), "entries": list(there.values())})
        if gone:
            await self._session.write(FORGET, {"room_id": room_id, "seqs": gone})
