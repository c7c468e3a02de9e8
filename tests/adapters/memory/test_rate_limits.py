"""The buckets of one server: filled as time passes, forgotten when full."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.rate_limits import InMemoryRateLimits
from application.limits import RateLimit
from tests.builders import FakeClock


async def test_a_bucket_fills_as_time_passes() -> None:
    clock = FakeClock()
    limits = InMemoryRateLimits(clock)
    limit = RateLimit(2, 0.5)
    assert [await limits.take("ask", "ana", limit) for _ in range(4)] == [0, 0, 2, 2]
    clock.advance(1)
    assert await limits.take("ask", "ana", limit) == 1
    clock.advance(1)
    assert [await limits.take("ask", "ana", limit) for _ in range(2)] == [0, 2]
    clock.advance(3600)
    assert [await limits.take("ask", "ana", limit) > 0 for _ in range(3)] == [False, False, True]


async def test_who_waits_as_told_is_admitted() -> None:
    clock = FakeClock()
    limits = InMemoryRateLimits(clock)
    limit = RateLimit(1, 60)
    for _ in range(100):
        assert await limits.take("send", "ana", limit) == 0
        clock.advance(await limits.take("send", "ana", limit))


async def test_a_clock_put_back_locks_nobody_out() -> None:
    clock = FakeClock()
    limits = InMemoryRateLimits(clock)
    limit = RateLimit(2, 1)
    await limits.take("send", "ana", limit)
    clock.advance(-3600)
    assert await limits.take("send", "ana", limit) <= 1
    clock.advance(1)
    assert await limits.take("send", "ana", limit) == 0


async def test_full_buckets_are_forgotten() -> None:
    clock = FakeClock()
    limits = InMemoryRateLimits(clock)
    for number in range(5000):
        await limits.take("send", str(number), RateLimit(1, 1))
        clock.advance(0.01)
    assert len(limits) < 2000


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5), st.sampled_from([0.5, 1.0, 3.0, 60.0]))
async def test_never_more_than_the_burst_and_what_was_filled(pauses: list[float], burst: int, rate: float) -> None:
    clock = FakeClock()
    limits = InMemoryRateLimits(clock)
    start = clock.now()
    admitted = 0
    for pause in pauses:
        clock.advance(pause)
        admitted += await limits.take("send", "ana", RateLimit(burst, rate)) == 0
        assert admitted <= burst + (clock.now() - start).total_seconds() * rate + 0.001
