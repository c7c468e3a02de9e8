"""Buses and databases on a server that a test may stop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from adapters.redis.database import RedisDatabase
from adapters.redis.event_bus import RedisEventBus
from adapters.redis.pace import BusPace
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from application.ports.clock import Clock
from domain.ids import RoomId
from tests.listening import Ear
from tests.redis_server import RedisServer

IDS = Uuid7Source()
BRISK = BusPace(first_pause=0.01, longest_pause=0.05)


@dataclass
class Server:
    bus: RedisEventBus
    ear: Ear


Connect = Callable[..., Awaitable[Server]]


@pytest.fixture
def room() -> RoomId:
    return RoomId(IDS.new())


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Starts a bus at a URL, and stops it in the end."""
    async with AsyncExitStack() as stack:

        async def new(url: str, *, clock: Clock | None = None, pace: BusPace = BRISK) -> Server:
            bus = RedisEventBus(url, IDS, clock or SystemClock(), pace=pace)
            ear = Ear(bus)
            await bus.start()
            stack.push_async_callback(bus.stop)
            return Server(bus, ear)

        yield new


@pytest.fixture
async def here(connect: Connect, stoppable_redis: RedisServer) -> Server:
    return await connect(stoppable_redis.url)


@pytest.fixture
async def there(connect: Connect, stoppable_redis: RedisServer) -> Server:
    return await connect(stoppable_redis.url)


@pytest.fixture
async def database(stoppable_redis: RedisServer) -> AsyncIterator[RedisDatabase]:
    database = RedisDatabase(stoppable_redis.url, SystemClock(), longest_pause=0.05)
    yield database
    await database.close()
