"""Making a thing once that many ask for."""

import asyncio

import pytest

from application.once import Once
from tests.builders import eventually


class Maker:
    def __init__(self) -> None:
        self.made = 0
        self.gate = asyncio.Event()

    async def make(self) -> int:
        self.made += 1
        await self.gate.wait()
        return self.made

    async def fail(self) -> int:
        self.made += 1
        await self.gate.wait()
        raise ValueError("no")


async def test_those_who_ask_meanwhile_get_the_same_and_later_ones_a_new_one() -> None:
    once: Once[int] = Once()
    maker = Maker()
    asking = [asyncio.ensure_future(once.get("a", maker.make)) for _ in range(5)]
    other = asyncio.ensure_future(once.get("b", Maker().fail))
    await eventually(lambda: maker.made == 1)
    other.cancel()
    maker.gate.set()
    assert await asyncio.gather(*asking) == [1] * 5
    assert await once.get("a", maker.make) == 2


async def test_a_fault_is_everybodys_and_is_not_kept() -> None:
    once: Once[int] = Once()
    maker = Maker()
    asking = [asyncio.ensure_future(once.get("a", maker.fail)) for _ in range(3)]
    await eventually(lambda: maker.made == 1)
    maker.gate.set()
    assert [type(fault) for fault in await asyncio.gather(*asking, return_exceptions=True)] == [ValueError] * 3
    assert await once.get("a", maker.make) == 2


async def test_who_stops_waiting_stops_nobody_else_and_a_fault_without_listeners_is_silent() -> None:
    once: Once[int] = Once()
    maker = Maker()
    first, second = (asyncio.ensure_future(once.get("a", maker.make)) for _ in range(2))
    alone = asyncio.ensure_future(once.get("b", maker.fail))
    await eventually(lambda: maker.made == 2)
    first.cancel()
    alone.cancel()
    maker.gate.set()
    assert await second == 2
    with pytest.raises(asyncio.CancelledError):
        await alone
