"""Revoked tokens in PostgreSQL."""

from datetime import datetime

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.session import session

REVOKE = "insert into revoked_tokens (token_id, expires_at) values (%(token_id)s, %(until)s) on conflict do nothing"

FORGET = "delete from revoked_tokens where expires_at < %(before)s"

IS_REVOKED = "select exists (select from revoked_tokens where token_id = %(token_id)s)"


class PostgresRevokedTokens:
    """RevokedTokens on a table."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def revoke(self, token_id: str, *, until: datetime) -> None:
        async with session(self._database) as opened:
            await opened.write(REVOKE, {"token_id": token_id, "until": until})
            await opened.commit()

    async def is_revoked(self, token_id: str) -> bool:
        async with session(self._database) as opened:
            row = await opened.read_one(IS_REVOKED, {"token_id": token_id})
        return bool(row and row[0])

    async def forget(self, *, expired_before: datetime) -> None:
        async with session(self._database) as opened:
            await opened.write(FORGET, {"before": expired_before})
            await opened.commit()
