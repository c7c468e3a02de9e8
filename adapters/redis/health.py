"""Whether Redis is well."""

import asyncio

from adapters.redis.database import Away, RedisDatabase


class RedisHealthProbe:
    """Asks Redis something, and waits no longer for the answer than the database's patience."""

    service = "redis"

    def __init__(self, database: RedisDatabase) -> None:
        self._database = database
        self._asking: asyncio.Task[bool] | None = None

    async def is_well(self) -> bool:
        # Those who ask at the same time share one question.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._answers())
        return await asyncio.shield(self._asking)

    async def _answers(self) -> bool:
        try:
            await self._database.command("PING")
        except Away:
            return False
        return True
