"""In which rooms something happens, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime

from adapters.postgres.session import Session
from domain.ids import MessageId, RoomId

SPOKEN_IN = """
select r.id from rooms r
where r.last_message_at >= %(since)s and (%(after)s::uuid is null or r.id > %(after)s)
    and not exists (select from jobs w where w.kind = %(kind)s and w.key = r.id::text || %(ending)s)
order by r.id limit %(take)s
"""

# Backward through the index of places: as far as what was said since.
PLACE = """
select m.seq from messages m where m.room_id = %(room_id)s and m.created_at < %(at)s order by m.seq desc limit 1
"""

STANDING = """
select m.id from messages m
where m.id = any(%(message_ids)s::uuid[]) and m.room_id = any(%(room_ids)s::uuid[]) and m.deleted_at is null
"""


class PostgresRoomActivity:
    """RoomActivity on the tables rooms and messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def spoken_in(
        self, since: datetime, *, kind: str, ending: str, after: RoomId | None, take: int
    ) -> Sequence[RoomId]:
        asked = {"since": since, "kind": kind, "ending": ending, "after": after, "take": take}
        rows = await self._session.read(SPOKEN_IN, asked)
        return [room_id for (room_id,) in rows]

    async def place(self, room_id: RoomId, at: datetime) -> int:
        row = await self._session.read_one(PLACE, {"room_id": room_id, "at": at})
        return 0 if row is None else int(row[0])

    async def standing(self, room_ids: Collection[RoomId], message_ids: Collection[MessageId]) -> frozenset[MessageId]:
        if not message_ids:
            return frozenset()
        rows = await self._session.read(STANDING, {"room_ids": list(room_ids), "message_ids": list(message_ids)})
        return frozenset(message_id for (message_id,) in rows)
