"""Which of several processes does what only one has to do."""

import asyncio
import logging

import psycopg

from adapters.postgres.database import Connection, PostgresDatabase
from domain.errors import Unavailable

_log = logging.getLogger(__name__)

TRY = "select pg_try_advisory_lock(hashtextextended('jarvis ' || %(what)s, 0))"

# A machine that vanishes without a word lets go of the lock after half a minute.
KEEPALIVE = {"tcp_keepalives_idle": "15", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


class PostgresLeadership:
    """A lock of PostgreSQL that lasts as long as the connection it was taken on: a leader that dies lets go of it.

    That connection is outside the pool. The address must lead to PostgreSQL itself, or to a pooler of whole sessions.
    """

    def __init__(self, database: PostgresDatabase, what: str) -> None:
        self._database = database
        self._what = what
        self._connection: Connection | None = None
        self._leads = False
        self._turn = asyncio.Lock()

    async def lead(self) -> bool:
        """Whether this process leads, which it does if it can. Raises Unavailable."""
        async with self._turn:
            return await self._lead()

    async def resign(self) -> None:
        """Let another one lead."""
        async with self._turn:
            await self._resign()

    async def _lead(self) -> bool:
        try:
            if self._connection is None or self._connection.closed:
                self._note(leads=False)
                self._connection = await self._database.connect(**KEEPALIVE)
            if self._leads:
                await self._connection.execute("select 1")
                return True
            cursor = await self._connection.execute(TRY, {"what": self._what})
            row = await cursor.fetchone()
        except (psycopg.Error, Unavailable):
            await self._resign()
            raise Unavailable from None
        self._note(leads=row is not None and bool(row[0]))
        return self._leads

    async def _resign(self) -> None:
        connection, self._connection = self._connection, None
        self._note(leads=False)
        if connection is not None:
            await connection.close()

    def _note(self, *, leads: bool) -> None:
        if leads != self._leads:
            _log.info("this process %s the one for: %s", "is now" if leads else "is no longer", self._what)
        self._leads = leads
