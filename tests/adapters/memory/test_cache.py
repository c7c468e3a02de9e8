"""What is kept in memory takes no more room than it may."""

from collections.abc import Iterable

from adapters.memory.cache import InMemoryCache
from tests.builders import FakeClock


async def kept(cache: InMemoryCache, keys: Iterable[str]) -> str:
    """Those of the keys that have a value."""
    return "".join([key for key in keys if await cache.get(key) is not None])


async def test_those_unused_for_longest_go_when_room_is_short() -> None:
    cache = InMemoryCache(FakeClock(), most_bytes=33)
    for key in "abc":
        await cache.put(key, b"x" * 10, seconds=60)
    assert await kept(cache, "bca") == "bca"
    await cache.put("d", b"x" * 10, seconds=60)
    assert await kept(cache, "abcd") == "acd"
    await cache.put("a", b"", seconds=60)
    await cache.put("e", b"x" * 9, seconds=60)
    assert await kept(cache, "acde") == "acde", "1 + 11 + 11 + 10 is no more than 33"
    await cache.put("huge", b"x" * 100, seconds=60)
    assert await kept(cache, ["a", "c", "d", "e", "huge"]) == ""


async def test_what_has_run_out_takes_no_room_once_it_is_asked_for() -> None:
    clock = FakeClock()
    cache = InMemoryCache(clock, most_bytes=4)
    await cache.put("a", b"x", seconds=60)
    clock.advance(59.9)
    assert await cache.get("a") == b"x"
    clock.advance(0.1)
    assert await cache.get("a") is None
    for key in "bc":
        await cache.put(key, b"x", seconds=60)
    assert await kept(cache, "bc") == "bc"


async def test_claims_of_those_who_died_are_forgotten() -> None:
    clock = FakeClock()
    cache = InMemoryCache(clock)
    for number in range(3000):
        assert await cache.claim(str(number), "ana", seconds=1)
        clock.advance(0.01)
    assert len(cache._claims) < 1200
