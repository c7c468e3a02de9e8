"""Calendar feeds in PostgreSQL."""

from datetime import datetime

from adapters.postgres.session import Session
from domain.ids import UserId

PUT = """
insert into calendar_feeds (user_id, digest, opened_at) values (%(user_id)s, %(digest)s, %(at)s)
on conflict (user_id) do update set digest = excluded.digest, opened_at = excluded.opened_at
"""
OPENED_AT = "select opened_at from calendar_feeds where user_id = %(user_id)s"
OWNER = "select user_id from calendar_feeds where digest = %(digest)s"
REMOVE = "delete from calendar_feeds where user_id = %(user_id)s"


class PostgresCalendarFeedRepository:
    """CalendarFeedRepository on the table calendar_feeds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def put(self, user_id: UserId, digest: bytes, at: datetime) -> None:
        await self._session.write(PUT, {"user_id": user_id, "digest": digest, "at": at})

    async def opened_at(self, user_id: UserId) -> datetime | None:
        row = await self._session.read_one(OPENED_AT, {"user_id": user_id})
        return None if row is None else row[0]

    async def owner(self, digest: bytes) -> UserId | None:
        row = await self._session.read_one(OWNER, {"digest": digest})
        return None if row is None else UserId(row[0])

    async def remove(self, user_id: UserId) -> None:
        await self._session.write(REMOVE, {"user_id": user_id})
