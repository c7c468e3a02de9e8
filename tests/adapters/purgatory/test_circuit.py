"""Vendors that fail are left alone, and slow ones cut off."""

import asyncio
from functools import partial

import pytest

from adapters.purgatory.circuit import Circuit, Patience
from application.portions import together
from domain.errors import DomainError, InvalidInput, OutboundFailed, RateLimited, Unavailable

HOUR = 3600.0


class Vendor:
    """Does what the test says, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: Exception | None = None

    async def answer(self) -> str:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return "yes"


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


def circuit(*, failures: int = 3, rest: float = HOUR, seconds: float = HOUR) -> Circuit:
    return Circuit("vendor", Patience(seconds, failures, rest), OutboundFailed)


async def given_up(way: Circuit) -> None:
    """Ask, and wait no longer as soon as the vendor is at it."""
    began = asyncio.Event()

    async def wait() -> str:
        began.set()
        await asyncio.Event().wait()
        return "late"

    waiting = asyncio.ensure_future(way.call(wait))
    await began.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def refusal(way: Circuit, vendor: Vendor) -> type[DomainError]:
    with pytest.raises(DomainError) as caught:
        await way.call(vendor.answer)
    return caught.type


async def test_after_repeated_failures_a_vendor_is_left_alone(vendor: Vendor) -> None:
    way, vendor.fault = circuit(failures=3), OutboundFailed()
    assert [await refusal(way, vendor) for _ in range(5)] == [OutboundFailed] * 5
    assert vendor.asked == 3


async def test_whatever_a_vendor_breaks_with_becomes_a_refusal(vendor: Vendor) -> None:
    way = circuit(failures=100)
    for fault in (ZeroDivisionError(), KeyError("items"), OSError(), TimeoutError(), RuntimeError("stack")):
        vendor.fault = fault
        assert await refusal(way, vendor) is OutboundFailed


async def test_a_success_forgives_the_failures_before_it(vendor: Vendor) -> None:
    way = circuit(failures=2)
    for _ in range(3):
        vendor.fault = OutboundFailed()
        assert await refusal(way, vendor) is OutboundFailed
        vendor.fault = None
        assert await way.call(vendor.answer) == "yes"
    assert vendor.asked == 6


async def test_while_it_is_left_alone_callers_hear_what_it_said_last(vendor: Vendor) -> None:
    way = circuit(failures=2)
    vendor.fault = OutboundFailed()
    await refusal(way, vendor)
    vendor.fault = RateLimited()
    await refusal(way, vendor)
    vendor.fault = None
    assert await refusal(way, vendor) is RateLimited
    assert vendor.asked == 2


async def test_faults_of_the_caller_do_not_count(vendor: Vendor) -> None:
    way, vendor.fault = circuit(failures=1), InvalidInput()
    assert [await refusal(way, vendor) for _ in range(3)] == [InvalidInput] * 3
    vendor.fault = None
    assert await way.call(vendor.answer) == "yes"


async def test_a_slow_vendor_is_cut_off_and_that_counts() -> None:
    way, asked = circuit(failures=2, seconds=0.01), 0

    async def never() -> str:
        nonlocal asked
        asked += 1
        await asyncio.Event().wait()
        return "late"

    for _ in range(4):
        with pytest.raises(OutboundFailed):
            await way.call(never)
    assert asked == 2


async def test_after_the_rest_one_success_makes_all_good_and_one_failure_is_enough(vendor: Vendor) -> None:
    way, vendor.fault = circuit(failures=1, rest=0.05), Unavailable()
    await refusal(way, vendor)
    async with asyncio.timeout(10):
        while vendor.asked == 1:
            assert await refusal(way, vendor) is Unavailable
        vendor.fault = None
        while True:
            try:
                assert await way.call(vendor.answer) == "yes"
                break
            except Unavailable:
                continue
    vendor.fault = Unavailable()
    await refusal(way, vendor)
    asked = vendor.asked
    vendor.fault = None
    assert await refusal(way, vendor) is Unavailable
    assert vendor.asked == asked


async def test_who_gives_up_waiting_does_not_count_against_the_vendor(vendor: Vendor) -> None:
    way = circuit(failures=1)
    await given_up(way)
    assert await way.call(vendor.answer) == "yes"


async def test_who_gives_up_waiting_forgives_nothing_either(vendor: Vendor) -> None:
    way = circuit(failures=3)
    vendor.fault = OutboundFailed()
    for _ in range(3):
        await given_up(way)
        await refusal(way, vendor)
    asked = vendor.asked
    assert await refusal(way, vendor) is OutboundFailed
    assert vendor.asked == asked


async def test_parts_that_fail_together_count_though_the_first_one_ends_the_others() -> None:
    way, asked = circuit(failures=3), 0

    async def part(fails: bool) -> str:
        nonlocal asked
        asked += 1
        if not fails:
            await asyncio.Event().wait()
        raise OutboundFailed

    for _ in range(6):
        with pytest.raises(OutboundFailed):
            await together([way.call(partial(part, False)), way.call(partial(part, True))])
    assert asked == 2 * 3
