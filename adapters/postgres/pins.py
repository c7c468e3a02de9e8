"""Pinned messages in PostgreSQL."""

from collections.abc import Sequence

from adapters.postgres import messages
from adapters.postgres.session import Session
from domain.ids import RoomId
from domain.messages import Message

OF_ROOM = f"""
select {messages.COLUMNS} from messages m where m.room_id = %(room_id)s and m.pinned_at is not null
order by m.pinned_at desc, m.seq desc
"""

COUNT = "select count(*) from messages where room_id = %(room_id)s and pinned_at is not null"


class PostgresPinRepository:
    """PinRepository on the marks in the table messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of_room(self, room_id: RoomId) -> Sequence[Message]:
        return [messages.message_of(row) for row in await self._session.read(OF_ROOM, {"room_id": room_id})]

    async def count(self, room_id: RoomId) -> int:
        [(count,)] = await self._session.read(COUNT, {"room_id": room_id})
        return int(count)
