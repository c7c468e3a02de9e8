"""Tickets in PostgreSQL."""

from datetime import datetime

from psycopg.types.json import Jsonb

from adapters.postgres.session import Row, Session
from domain.ids import UserId
from domain.tickets import Purpose, Ticket

COLUMNS = "digest, purpose, created_at, expires_at, user_id, notes"

ADD = f"""
insert into tickets ({COLUMNS})
values (%(digest)s, %(purpose)s, %(created_at)s, %(expires_at)s, %(user_id)s, %(notes)s)
"""

GOOD = "digest = %(digest)s and purpose = %(purpose)s and expires_at > %(now)s"

FIND = f"select {COLUMNS} from tickets where {GOOD}"

TAKE = f"delete from tickets where {GOOD} returning {COLUMNS}"

DROP = """
delete from tickets where purpose = %(purpose)s and (%(user_id)s::uuid is null or user_id = %(user_id)s)
"""

FORGET = "delete from tickets where expires_at < %(before)s"


def _ticket(row: Row) -> Ticket:
    digest, purpose, created_at, expires_at, user_id, notes = row
    return Ticket(bytes(digest), Purpose(purpose), created_at, expires_at, user_id, notes)


class PostgresTicketRepository:
    """TicketRepository on the table tickets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, ticket: Ticket) -> None:
        await self._session.write(
            ADD,
            {
                "digest": ticket.digest,
                "purpose": ticket.purpose.value,
                "created_at": ticket.created_at,
                "expires_at": ticket.expires_at,
                "user_id": ticket.user_id,
                "notes": Jsonb(dict(ticket.notes)),
            },
        )

    async def find(self, purpose: Purpose, digest: bytes, now: datetime) -> Ticket | None:
        row = await self._session.read_one(FIND, {"purpose": purpose.value, "digest": digest, "now": now})
        return _ticket(row) if row is not None else None

    async def take(self, purpose: Purpose, digest: bytes, now: datetime) -> Ticket | None:
        row = await self._session.write_one(TAKE, {"purpose": purpose.value, "digest": digest, "now": now})
        return _ticket(row) if row is not None else None

    async def drop(self, purpose: Purpose, user_id: UserId | None = None) -> None:
        await self._session.write(DROP, {"purpose": purpose.value, "user_id": user_id})

    async def forget(self, *, expired_before: datetime) -> None:
        await self._session.write(FORGET, {"before": expired_before})
