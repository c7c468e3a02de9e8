"""Asking once, within a server and on several that share a cache."""

import asyncio

import pytest

from adapters.memory.cache import InMemoryCache
from application.remembered import Found, Remembered, cache_key
from tests.builders import FakeClock, SequenceIds, eventually

HOUR = 3600.0


class Vendor:
    def __init__(self) -> None:
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None

    async def answer(self) -> bytes:
        self.asked += 1
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return b"answer %d" % self.asked


class Servers:
    """Two of them, and what they share."""

    def __init__(self) -> None:
        self.clock, self.vendor, ids = FakeClock(), Vendor(), SequenceIds()
        self.cache = InMemoryCache(self.clock)
        self.one, self.two = (Remembered(self.cache, self.clock, ids, patience=10.0) for _ in range(2))

    async def ask(self, server: Remembered, key: str = "key") -> Found:
        return await server.get(key, self.vendor.answer, seconds=HOUR)


@pytest.fixture
def servers() -> Servers:
    return Servers()


async def test_an_answer_is_kept_for_its_time_and_by_its_key(servers: Servers) -> None:
    assert await servers.ask(servers.one) == Found(b"answer 1", cached=False)
    assert await servers.ask(servers.one) == Found(b"answer 1", cached=True)
    assert await servers.ask(servers.two) == Found(b"answer 1", cached=True)
    assert await servers.ask(servers.two, "other") == Found(b"answer 2", cached=False)
    servers.clock.advance(HOUR)
    assert await servers.ask(servers.one) == Found(b"answer 3", cached=False)


async def test_many_who_ask_a_server_at_the_same_time_ask_the_vendor_once(servers: Servers) -> None:
    servers.vendor.gate.clear()
    asking = [asyncio.ensure_future(servers.ask(servers.one)) for _ in range(50)]
    await eventually(lambda: servers.vendor.asked == 1)
    servers.vendor.gate.set()
    assert {found.value for found in await asyncio.gather(*asking)} == {b"answer 1"}
    assert servers.vendor.asked == 1


async def test_another_server_waits_for_the_one_that_asks(servers: Servers) -> None:
    servers.vendor.gate.clear()
    first = asyncio.ensure_future(servers.ask(servers.one))
    await eventually(lambda: servers.vendor.asked == 1)
    second = asyncio.ensure_future(servers.ask(servers.two))
    await servers.clock.sleepers(1)
    servers.clock.advance(0.05)
    await servers.clock.sleepers(1)
    servers.vendor.gate.set()
    await first
    servers.clock.advance(0.1)
    assert await second == Found(b"answer 1", cached=True)
    assert servers.vendor.asked == 1


async def test_when_the_other_server_fails_one_asks_oneself(servers: Servers) -> None:
    servers.vendor.gate.clear()
    servers.vendor.fault = ValueError()
    first = asyncio.ensure_future(servers.ask(servers.one))
    await eventually(lambda: servers.vendor.asked == 1)
    second = asyncio.ensure_future(servers.ask(servers.two))
    await servers.clock.sleepers(1)
    servers.vendor.gate.set()
    with pytest.raises(ValueError):  # noqa: PT011
        await first
    servers.vendor.fault = None
    servers.clock.advance(0.05)
    assert await second == Found(b"answer 2", cached=False)


async def test_a_server_that_died_is_not_waited_for_longer_than_patience(servers: Servers) -> None:
    assert await servers.cache.claim("key", "dead", seconds=HOUR)
    asking = asyncio.ensure_future(servers.ask(servers.one))
    for _ in range(40):
        if asking.done():
            break
        await eventually(lambda: asking.done() or bool(servers.clock._asleep))
        servers.clock.advance(1)
        await asyncio.sleep(0)
    assert await asking == Found(b"answer 1", cached=False)


async def test_a_fault_is_not_kept(servers: Servers) -> None:
    servers.vendor.fault = ValueError()
    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011
            await servers.ask(servers.one)
    servers.vendor.fault = None
    assert await servers.ask(servers.two) == Found(b"answer 3", cached=False)


def test_keys_tell_texts_apart_and_do_not_show_them() -> None:
    keys = {cache_key("t", *parts) for parts in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"))}
    assert len(keys) == 5
    assert cache_key("t", "비밀") == cache_key("t", "비밀") != cache_key("u", "비밀")
    assert len(cache_key("t", "비밀" * 10_000)) == 50
