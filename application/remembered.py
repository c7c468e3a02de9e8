"""Answers of others that are asked for once, however many want them and wherever."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b

from application.once import Once
from application.ports.cache import Cache
from application.ports.clock import Clock
from application.ports.ids import IdSource

_PAUSE = 0.05
_LONGEST_PAUSE = 1.0

Make = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, and whether it was there already."""

    value: bytes
    cached: bool


class Remembered:
    """Keeps answers in a cache that all servers share.

    Who asks for something that is being got waits for it, also where another server is getting it, but no longer than
    ``patience`` seconds: then it is got a second time.
    """

    def __init__(self, cache: Cache, clock: Clock, ids: IdSource, patience: float = 30.0) -> None:
        self._cache = cache
        self._clock = clock
        self._ids = ids
        self._patience = patience
        self._once: Once[Found] = Once()

    async def get(self, key: str, make: Make, *, seconds: float) -> Found:
        """What is kept under the key, or what ``make`` answers, kept for so long. Raises what ``make`` raises."""
        kept = await self._cache.get(key)
        if kept is not None:
            return Found(kept, cached=True)
        return await self._once.get(key, partial(self._made, key, make, seconds))

    async def _made(self, key: str, make: Make, seconds: float) -> Found:
        holder = str(self._ids.new())
        await self._claim(key, holder)
        try:
            kept = await self._cache.get(key)
            if kept is not None:
                return Found(kept, cached=True)
            value = await make()
            await self._cache.put(key, value, seconds=seconds)
            return Found(value, cached=False)
        finally:
            await self._cache.release(key, holder)

    async def _claim(self, key: str, holder: str) -> None:
        """Wait until it is our turn, or somebody else has been successful, or patience ends."""
        waited, pause = 0.0, _PAUSE
        while not await self._cache.claim(key, holder, seconds=self._patience):
            if waited >= self._patience:
                return
            await self._clock.sleep(pause)
            waited, pause = waited + pause, min(2 * pause, _LONGEST_PAUSE)
            if await self._cache.get(key) is not None:
                return


def cache_key(kind: str, *parts: str) -> str:
    """A key for something that is told by these texts, of any length; they do not show in it."""
    digest = blake2b(digest_size=24)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8) + encoded)
    return f"{kind}:{digest.hexdigest()}"
