"""What rooms are called, in PostgreSQL."""

from adapters.postgres.session import Session
from domain.errors import NotFound
from domain.ids import RoomId, UserId

OF = """
select case when r.pair_low is null then r.title else (
    select string_agg(u.name, ', ' order by u.id) from users u
    where u.id in (r.pair_low, r.pair_high)
        and (u.id is distinct from %(reader_id)s::uuid or r.pair_low = r.pair_high)) end
from rooms r where r.id = %(room_id)s
"""


class PostgresRoomTitles:
    """RoomTitles on the tables rooms and users."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, room_id: RoomId, reader_id: UserId | None = None) -> str:
        row = await self._session.read_one(OF, {"room_id": room_id, "reader_id": reader_id})
        if row is None:
            raise NotFound
        return str(row[0])
