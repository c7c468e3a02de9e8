"""Whether PostgreSQL is well."""

import asyncio

from adapters.postgres.database import PostgresDatabase
from domain.errors import Unavailable


class PostgresHealthProbe:
    """Asks the database something, and waits no longer than ``patience`` seconds for the answer."""

    service = "database"

    def __init__(self, database: PostgresDatabase, patience: float = 2.0) -> None:
        self._database = database
        self._patience = patience
        self._asking: asyncio.Task[bool] | None = None

    async def is_well(self) -> bool:
        # A question that has not been answered yet is not asked again: a server that hangs would take all connections.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._answers())
        await asyncio.wait({self._asking}, timeout=self._patience)
        return self._asking.done() and not self._asking.cancelled() and self._asking.result()

    async def _answers(self) -> bool:
        try:
            async with self._database.connection() as connection:
                await connection.execute("select 1")
        except Unavailable:
            return False
        return True
