"""What was sent before, in PostgreSQL."""

from adapters.postgres.session import Session
from application.ports.sent_messages import Sent
from domain.ids import RoomId, UserId

FIND = """
select id, seq, fingerprint from messages
where room_id = %(room_id)s and sender_id = %(sender_id)s and client_temp_id = %(client_temp_id)s
"""


class PostgresSentMessages:
    """SentMessages on the table messages."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, room_id: RoomId, sender_id: UserId, client_temp_id: str) -> Sent | None:
        key = {"room_id": room_id, "sender_id": sender_id, "client_temp_id": client_temp_id}
        row = await self._session.read_one(FIND, key)
        return None if row is None else Sent(row[0], row[1], bytes(row[2]))
