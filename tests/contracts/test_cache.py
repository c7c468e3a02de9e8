"""What is kept for a while, in one process and over Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.memory.cache import InMemoryCache
from adapters.redis.cache import RedisCache
from adapters.redis.database import RedisDatabase
from adapters.system.clock import SystemClock
from application.ports.cache import Cache
from tests.redis_server import RedisServer
from tests.waiting import until

HOUR = 3600.0


@pytest.fixture
def memory_cache() -> Cache:
    return InMemoryCache(SystemClock())


@pytest.fixture
async def redis_cache(redis_url: str, redis_space: str) -> AsyncIterator[Cache]:
    database = RedisDatabase(redis_url, SystemClock(), prefix=redis_space)
    yield RedisCache(database, InMemoryCache(SystemClock()))
    await database.close()


@pytest.fixture(params=["memory", "redis"])
def cache(request: pytest.FixtureRequest) -> Cache:
    chosen: Cache = request.getfixturevalue(f"{request.param}_cache")
    return chosen


@pytest.mark.parametrize("value", [b"", b"a", "한국 😀".encode(), bytes(range(256)) * 100])
async def test_what_is_kept_comes_back_as_it_was(cache: Cache, value: bytes) -> None:
    assert await cache.get("a") is None
    await cache.put("a", value, seconds=HOUR)
    assert await cache.get("a") == value
    assert await cache.get("b") is None
    await cache.put("a", b"other", seconds=HOUR)
    assert await cache.get("a") == b"other"


async def test_what_is_kept_is_forgotten_after_its_time(cache: Cache) -> None:
    await cache.put("short", b"1", seconds=0.02)
    await cache.put("long", b"2", seconds=HOUR)

    async def look() -> bool:
        return await cache.get("short") is None

    await until(look)
    assert await cache.get("long") == b"2"


async def test_of_many_who_claim_at_once_one_may(cache: Cache) -> None:
    claimed = await asyncio.gather(*(cache.claim("a", f"holder {number}", seconds=HOUR) for number in range(10)))
    assert claimed.count(True) == 1
    assert await cache.claim("b", "holder 0", seconds=HOUR)


async def test_a_claim_is_taken_back_by_its_holder_alone(cache: Cache) -> None:
    assert await cache.claim("a", "ana", seconds=HOUR)
    assert await cache.claim("a", "ana", seconds=HOUR), "who holds it may say so again"
    await cache.release("a", "ben")
    assert not await cache.claim("a", "ben", seconds=HOUR)
    await cache.release("a", "ana")
    assert await cache.claim("a", "ben", seconds=HOUR)
    assert await cache.get("a") is None, "a claim is no value"


async def test_a_claim_of_who_died_runs_out(cache: Cache) -> None:
    assert await cache.claim("a", "ana", seconds=0.02)
    await until(lambda: cache.claim("a", "ben", seconds=HOUR))


async def test_without_redis_this_server_keeps_for_itself(stoppable_redis: RedisServer) -> None:
    database = RedisDatabase(stoppable_redis.url, SystemClock(), prefix="away")
    cache = RedisCache(database, InMemoryCache(SystemClock()))
    await cache.put("a", b"shared", seconds=HOUR)
    stoppable_redis.stop()
    assert await cache.get("a") is None
    await cache.put("a", b"own", seconds=HOUR)
    assert await cache.get("a") == b"own"
    assert await cache.claim("a", "ana", seconds=HOUR)
    assert not await cache.claim("a", "ben", seconds=HOUR)
    await cache.release("a", "ana")
    await database.close()
