"""Connections to PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from adapters.postgres.dsn import read_dsn
from adapters.postgres.errors import translating
from domain.errors import Unavailable

Connection = AsyncConnection[TupleRow]

_RECONNECT_SECONDS = 3.0
"""How long the pool tries to replace a lost connection by itself; after that, the next request for one tries again."""


class PostgresDatabase:
    """A pool of connections, all in autocommit and in UTC. Open it before use, and close it at the end.

    ``timeout_seconds`` bounds the wait for a free connection and for a new one to be made,
    ``statement_timeout_seconds`` every statement, 0 being no bound.
    """

    def __init__(
        self,
        dsn: str,
        pool_min: int = 2,
        pool_max: int = 10,
        timeout_seconds: float = 5.0,
        statement_timeout_seconds: float = 30.0,
    ) -> None:
        """Raises ValueError where the DSN cannot be read."""
        target = read_dsn(dsn)
        self._options = _options(target.schema, statement_timeout_seconds, target.parameters.get("options", ""))
        self._parameters: dict[str, Any] = {
            "application_name": "jarvis",
            "connect_timeout": str(max(2, round(timeout_seconds))),
            **target.parameters,
            "options": self._options,
            "autocommit": True,
            "prepare_threshold": None if target.pgbouncer else 0,
        }
        self._timeout = timeout_seconds
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            kwargs=self._parameters,
            min_size=pool_min,
            max_size=max(pool_min, pool_max),
            timeout=timeout_seconds,
            reconnect_timeout=_RECONNECT_SECONDS,
            open=False,
            name="jarvis",
        )
        self._away = False
        self._looking: asyncio.Task[None] | None = None

    @property
    def pool_stats(self) -> Mapping[str, int]:
        """What psycopg_pool knows of its connections and of who waits for them."""
        return self._pool.get_stats()

    async def open(self) -> None:
        """Connect. Raises Unavailable when the database does not let us in in time."""
        with translating():
            await self._pool.open(wait=True, timeout=self._timeout)

    async def close(self) -> None:
        """Close every connection; those in use are waited for, though not for long."""
        if self._looking is not None:
            await asyncio.wait({self._looking}, timeout=self._timeout)
            self._looking.cancel()
        await self._pool.close(timeout=self._timeout)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection for the length of the block, in autocommit. Raises Unavailable, and what psycopg raises within
        the block as the application knows it."""
        connection = await self.take()
        try:
            with translating():
                yield connection
        finally:
            await self.give_back(connection)

    async def take(self) -> Connection:
        """A connection from the pool, which must be given back. Raises Unavailable, at once where the database is known
        to be away and still cannot be reached."""
        if self._away:
            await self.look_after_all()
            if self._away:
                raise Unavailable
        with translating():
            return await self._pool.getconn()

    async def give_back(self, connection: Connection) -> None:
        """Return a connection to the pool; a broken one is a sign that others may be, so all are looked at."""
        if connection.closed:
            self.suspect_all()
        await self._pool.putconn(connection)

    async def connect(self, **settings: str) -> Connection:
        """A connection outside the pool, with these settings, for its caller to close. Raises Unavailable."""
        options = " ".join([self._options, *(f"-c {name}={value}" for name, value in settings.items())])
        with translating():
            return await AsyncConnection.connect(**{**self._parameters, "options": options})

    def suspect_all(self) -> None:
        """Have the pool throw out dead connections, in the background: a restart of the server leaves only such."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def look_after_all(self) -> None:
        """The same, until it is done."""
        self.suspect_all()
        if self._looking is not None:
            await asyncio.shield(self._looking)

    async def _look(self) -> None:
        try:
            connection = await self.connect()
            await connection.close()
            await self._pool.check()
        except (Unavailable, psycopg.Error):
            self._away = True
        else:
            self._away = False


def _options(schema: str | None, statement_timeout_seconds: float, others: str) -> str:
    settings = {
        "timezone": "UTC",
        "statement_timeout": str(round(statement_timeout_seconds * 1000)),
        "idle_in_transaction_session_timeout": "60000",
        "plan_cache_mode": "force_generic_plan",
        "jit": "off",
        "hnsw.iterative_scan": "relaxed_order",
        "hnsw.ef_search": "80",
    }
    if schema is not None:
        settings["search_path"] = '"' + schema.replace('"', '""').replace("\\", "\\\\").replace(" ", "\\ ") + '"'
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return f"{ours} {others}".strip()
