"""Revoked tokens in PostgreSQL."""

from datetime import datetime

from adapters.postgres.database import PostgresDatabase

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
        async with self._database.connection() as connection:
            await connection.execute(REVOKE, {"token_id": token_id, "until": until})

    async def is_revoked(self, token_id: str) -> bool:
        async with self._database.connection() as connection:
            row = await (await connection.execute(IS_REVOKED, {"token_id": token_id})).fetchone()
        return bool(row and row[0])
