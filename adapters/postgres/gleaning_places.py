"""How far the talk of each room was looked through, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Session
from domain.ids import RoomId

# Talk is in the order of time, but for what clocks are apart: the first message past the place tells. The limit keeps
# it so, whatever the planner thinks of joining.
BEHIND = """
select r.id from rooms r
cross join lateral (
    select m.created_at from messages m where m.room_id = r.id and m.seq > r.gleaned_seq order by m.seq limit 1) said
where r.last_message_at is not null and (%(after)s::uuid is null or r.id > %(after)s)
    and r.last_seq > r.gleaned_seq
    and said.created_at < %(due)s
order by r.id limit %(take)s
"""

PLACE = "select gleaned_seq from rooms where id = %(room_id)s"

MOVE = "update rooms set gleaned_seq = greatest(gleaned_seq, %(seq)s) where id = %(room_id)s"


class PostgresGleaningPlaces:
    """GleaningPlaces on the table rooms."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def behind(self, due: datetime, *, after: RoomId | None, take: int) -> Sequence[RoomId]:
        rows = await self._session.read(BEHIND, {"due": due, "after": after, "take": take})
        return [RoomId(row[0]) for row in rows]

    async def place(self, room_id: RoomId) -> int:
        row = await self._session.read_one(PLACE, {"room_id": room_id})
        return 0 if row is None else int(row[0])

    async def move(self, room_id: RoomId, seq: int) -> None:
        await self._session.write(MOVE, {"room_id": room_id, "seq": seq})
