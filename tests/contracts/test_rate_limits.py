"""Rate limits, in one process and over Redis. Time passes as it will: only limits slower than any test are counted."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.memory.rate_limits import InMemoryRateLimits
from adapters.redis.database import RedisDatabase
from adapters.redis.rate_limits import RedisRateLimits
from adapters.system.clock import SystemClock
from application.limits import RateLimit
from application.ports.rate_limits import RateLimits
from tests.builders import FakeClock

A_DAY = 86_400.0


@pytest.fixture
def memory_limits() -> RateLimits:
    return InMemoryRateLimits(FakeClock())


@pytest.fixture
async def redis_limits(redis_url: str, redis_space: str) -> AsyncIterator[RateLimits]:
    database = RedisDatabase(redis_url, SystemClock(), prefix=redis_space)
    yield RedisRateLimits(database, InMemoryRateLimits(FakeClock()))
    await database.close()


@pytest.fixture(params=["memory", "redis"])
def limits(request: pytest.FixtureRequest) -> RateLimits:
    chosen: RateLimits = request.getfixturevalue(f"{request.param}_limits")
    return chosen


@pytest.mark.parametrize("burst", [1, 3, 500])
async def test_a_burst_passes_and_no_more(limits: RateLimits, burst: int) -> None:
    limit = RateLimit(burst, 1 / A_DAY)
    assert [await limits.take("send", "ana", limit) for _ in range(burst)] == [0.0] * burst
    wait = await limits.take("send", "ana", limit)
    assert A_DAY * 0.99 < wait <= A_DAY
    assert await limits.take("send", "ana", limit) > A_DAY * 0.99, "asking in vain costs nothing"


async def test_buckets_and_keys_are_apart(limits: RateLimits) -> None:
    limit = RateLimit(1, 1 / A_DAY)
    for bucket in ("send", "ask"):
        for key in ("ana", "ben", "::1", "10.0.0.1"):
            assert await limits.take(bucket, key, limit) == 0
            assert await limits.take(bucket, key, limit) > 0


@pytest.mark.parametrize("burst", [7, 100])
async def test_of_many_at_once_no_more_pass_than_may(limits: RateLimits, burst: int) -> None:
    limit = RateLimit(burst, 1 / A_DAY)
    waits = await asyncio.gather(*(limits.take("send", "ana", limit) for _ in range(3 * burst)))
    assert waits.count(0.0) == burst


async def test_a_fast_bucket_hardly_makes_one_wait(limits: RateLimits) -> None:
    limit = RateLimit(1, 1000.0)
    assert await limits.take("send", "ana", limit) == 0
    assert await limits.take("send", "ana", limit) <= 0.001


@pytest.mark.parametrize(("burst", "per_second"), [(0, 1.0), (1, 0.0), (1, -1.0), (1, float("inf")), (1, float("nan"))])
def test_a_limit_that_lets_nobody_through_is_none(burst: int, per_second: float) -> None:
    with pytest.raises(ValueError, match="rate limit"):
        RateLimit(burst, per_second)
