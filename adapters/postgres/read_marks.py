"""How far people have read, in PostgreSQL."""

from adapters.postgres.session import Session
from domain.ids import RoomId, UserId

# Of two devices that move the mark at once the second waits for the first, and then looks again whether it is ahead.
ADVANCE = """
update room_members m set last_read_seq = least(%(seq)s, r.last_seq) from rooms r
where m.room_id = %(room_id)s and m.user_id = %(user_id)s and r.id = m.room_id
    and m.last_read_seq < least(%(seq)s, r.last_seq)
"""

FIND = "select last_read_seq from room_members where room_id = %(room_id)s and user_id = %(user_id)s"


class PostgresReadMarkRepository:
    """ReadMarkRepository on the table room_members."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def advance(self, room_id: RoomId, user_id: UserId, seq: int) -> bool | None:
        parameters = {"room_id": room_id, "user_id": user_id, "seq": seq}
        if await self._session.write(ADVANCE, parameters):
            return True
        return None if await self.find(room_id, user_id) is None else False

    async def find(self, room_id: RoomId, user_id: UserId) -> int | None:
        row = await self._session.read_one(FIND, {"room_id": room_id, "user_id": user_id})
        return None if row is None else int(row[0])
