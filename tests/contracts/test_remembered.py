"""Two servers with one Redis between them, or one without: what many want is asked for once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.memory.cache import InMemoryCache
from adapters.redis.cache import RedisCache
from adapters.redis.database import RedisDatabase
from adapters.system.clock import SystemClock
from adapters.system.ids import Uuid7Source
from application.remembered import Remembered
from tests.builders import eventually

Servers = tuple[Remembered, Remembered]


@pytest.fixture
def memory_servers() -> Servers:
    clock, ids = SystemClock(), Uuid7Source()
    cache = InMemoryCache(clock)
    return Remembered(cache, clock, ids), Remembered(cache, clock, ids)


@pytest.fixture
async def redis_servers(redis_url: str, redis_space: str) -> AsyncIterator[Servers]:
    clock, ids = SystemClock(), Uuid7Source()
    databases = [RedisDatabase(redis_url, clock, prefix=redis_space) for _ in range(2)]
    one, two = (Remembered(RedisCache(each, InMemoryCache(clock)), clock, ids) for each in databases)
    yield one, two
    for database in databases:
        await database.close()


@pytest.fixture(params=["memory", "redis"])
def servers(request: pytest.FixtureRequest) -> Servers:
    chosen: Servers = request.getfixturevalue(f"{request.param}_servers")
    return chosen


async def test_what_many_want_on_two_servers_is_asked_for_once(servers: Servers) -> None:
    asked, gate = 0, asyncio.Event()

    async def ask() -> bytes:
        nonlocal asked
        asked += 1
        await gate.wait()
        return "번역".encode()

    waiting = [asyncio.ensure_future(server.get("key", ask, seconds=60)) for server in servers for _ in range(10)]
    await eventually(lambda: asked == 1)
    gate.set()
    assert {found.value.decode() for found in await asyncio.gather(*waiting)} == {"번역"}
    assert asked == 1
    assert [(await server.get("key", ask, seconds=60)).cached for server in servers] == [True, True]


async def test_what_one_server_could_not_get_the_other_asks_for(servers: Servers) -> None:
    gate, asked = asyncio.Event(), 0

    async def fail() -> bytes:
        nonlocal asked
        asked += 1
        await gate.wait()
        raise ValueError

    async def answer() -> bytes:
        return b"well"

    first = asyncio.ensure_future(servers[0].get("key", fail, seconds=60))
    await eventually(lambda: asked == 1)
    second = asyncio.ensure_future(servers[1].get("key", answer, seconds=60))
    gate.set()
    with pytest.raises(ValueError):  # noqa: PT011
        await first
    assert (await second).value == b"well"
