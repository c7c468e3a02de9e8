"""Revoked tokens in PostgreSQL."""

from datetime import datetime

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.session import session

# A token that is being revoked was good until now, and no token is good for longer than 30 days: what expires that long
# before this one does has expired already and need not be remembered.
REVOKE = """
with forgotten as (
    delete from revoked_tokens where expires_at < %(until)s::timestamptz - interval '30 days'
)
insert into revoked_tokens (token_id, expires_at) values (%(token_id)s, %(until)s) on conflict do nothing
"""

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
