"""One unit of work's way to the database."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncCursor, sql
from psycopg.rows import TupleRow

from adapters.postgres.database import Connection, PostgresDatabase
from adapters.postgres.errors import translated

Row = Sequence[Any]
Parameters = Mapping[str, object]
Statement = LiteralString | sql.Composed


class Session:
    """Takes a connection when it is first needed, and begins a transaction with the first statement that changes or
    locks something: until then every statement stands alone, and sees what is committed as it would in one.

    All methods raise the application's errors.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._in_transaction = False

    @property
    def in_transaction(self) -> bool:
        """Whether there is something to commit."""
        return self._in_transaction

    async def read(self, query: Statement, parameters: Parameters | None = None) -> Sequence[Row]:
        """The rows of a query that neither changes nor locks anything."""
        return await (await self._execute(query, parameters)).fetchall()

    async def read_one(self, query: Statement, parameters: Parameters | None = None) -> Row | None:
        """The first row of a query that neither changes nor locks anything, or None."""
        return await (await self._execute(query, parameters)).fetchone()

    async def write(self, query: Statement, parameters: Parameters | None = None) -> int:
        """Run a statement within the transaction; answers how many rows it concerned."""
        await self._begin()
        return (await self._execute(query, parameters)).rowcount

    async def write_all(self, query: Statement, parameters: Parameters | None = None) -> Sequence[Row]:
        """The rows of a statement that changes or locks something, run within the transaction."""
        await self._begin()
        return await (await self._execute(query, parameters)).fetchall()

    async def write_one(self, query: Statement, parameters: Parameters | None = None) -> Row | None:
        """The first row of such a statement, or None."""
        await self._begin()
        return await (await self._execute(query, parameters)).fetchone()

    async def commit(self) -> None:
        """End the transaction, if there is one, for good."""
        if self._in_transaction:
            await self._execute("commit")
            self._in_transaction = False

    async def close(self) -> None:
        """Give the connection back, undoing what was not committed."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self._in_transaction and not connection.closed:
                await connection.rollback()
        except psycopg.Error:
            await connection.close()
        finally:
            await self._database.give_back(connection)

    async def _begin(self) -> None:
        if not self._in_transaction:
            await self._execute("begin")
            self._in_transaction = True

    async def _execute(self, query: Statement, parameters: Parameters | None = None) -> AsyncCursor[TupleRow]:
        fresh = self._connection is None
        try:
            return await self._run(query, parameters)
        except (psycopg.Error, UnicodeEncodeError) as error:
            if fresh and self._connection is not None and self._connection.closed:
                # Nothing has happened yet: the pool only did not know that this connection was dead.
                return await self._run_anew(query, parameters)
            raise translated(error) from None

    async def _run_anew(self, query: Statement, parameters: Parameters | None) -> AsyncCursor[TupleRow]:
        await self.close()
        await self._database.look_after_all()
        try:
            return await self._run(query, parameters)
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translated(error) from None

    async def _run(self, query: Statement, parameters: Parameters | None) -> AsyncCursor[TupleRow]:
        if self._connection is None:
            self._connection = await self._database.take()
        cursor = self._connection.cursor(binary=True)
        return await cursor.execute(query, parameters)


@asynccontextmanager
async def session(database: PostgresDatabase) -> AsyncIterator[Session]:
    """A session for the length of the block; what was not committed by then is undone."""
    opened = Session(database)
    try:
        yield opened
    finally:
        await opened.close()
