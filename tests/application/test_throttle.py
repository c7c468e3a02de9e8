"""Who asks too much too fast is held back, by bucket and by person or address; everybody else is not."""

import pytest

from adapters.memory.rate_limits import InMemoryRateLimits
from application.limits import RateLimit
from application.throttle import Rates, Throttle
from domain.errors import RateLimited
from domain.ids import UserId
from tests.builders import FakeClock, SequenceIds

TIGHT = Rates(
    sign_ins=RateLimit(2, 1),
    sends=RateLimit(2, 1),
    questions=RateLimit(1, 0.5),
    calls=RateLimit(3, 1),
    calls_from_address=RateLimit(4, 1),
    passwords=RateLimit(2, 1),
    mails=RateLimit(2, 1),
    hooks=RateLimit(2, 1),
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def throttle(clock: FakeClock) -> Throttle:
    return Throttle(InMemoryRateLimits(clock), TIGHT)


def somebody() -> UserId:
    return UserId(SequenceIds().new())


async def test_sign_ins_are_counted_by_address(throttle: Throttle, clock: FakeClock) -> None:
    await throttle.sign_in("192.0.2.1")
    await throttle.sign_in("192.0.2.1")
    with pytest.raises(RateLimited) as refused:
        await throttle.sign_in("192.0.2.1")
    assert refused.value.retry_after == pytest.approx(1)
    await throttle.sign_in("192.0.2.2")
    clock.advance(1)
    await throttle.sign_in("192.0.2.1")


async def test_sends_are_granted_in_portions_and_come_back_with_time(throttle: Throttle, clock: FakeClock) -> None:
    ana = somebody()
    granted = [await throttle.sends(ana), await throttle.sends(ana)]
    assert sum(granted) == 2
    with pytest.raises(RateLimited) as refused:
        await throttle.sends(ana)
    clock.advance(refused.value.retry_after)
    assert await throttle.sends(ana) == granted[0]


async def test_buckets_are_apart(throttle: Throttle) -> None:
    ana = somebody()
    await throttle.question(ana)
    with pytest.raises(RateLimited):
        await throttle.question(ana)
    for _ in range(TIGHT.calls.burst):
        await throttle.call(ana)
    with pytest.raises(RateLimited):
        await throttle.call(ana)
    assert await throttle.sends(ana) > 0
    await throttle.call_from("192.0.2.1")


async def test_nobody_is_held_back_where_there_are_no_rates(clock: FakeClock) -> None:
    throttle, ana = Throttle(InMemoryRateLimits(clock), None), somebody()
    for _ in range(1000):
        await throttle.sign_in("192.0.2.1")
        await throttle.question(ana)
    assert await throttle.sends(ana) > 1_000_000
