"""Who people are by the word of others, in PostgreSQL."""

from datetime import datetime

from adapters.postgres.session import Session
from domain.ids import UserId

FIND = "select user_id from identities where issuer = %(issuer)s and subject = %(subject)s"

ADD = """
insert into identities (issuer, subject, user_id, linked_at) values (%(issuer)s, %(subject)s, %(user_id)s, %(at)s)
"""


class PostgresIdentityRepository:
    """IdentityRepository on the table identities."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, issuer: str, subject: str) -> UserId | None:
        row = await self._session.read_one(FIND, {"issuer": issuer, "subject": subject})
        return UserId(row[0]) if row is not None else None

    async def add(self, issuer: str, subject: str, user_id: UserId, at: datetime) -> None:
        await self._session.write(ADD, {"issuer": issuer, "subject": subject, "user_id": user_id, "at": at})
