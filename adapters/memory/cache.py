"""What is kept for a while, on the one server there is."""

from collections import OrderedDict
from datetime import datetime, timedelta

from application.ports.clock import Clock

_MOST_BYTES = 32 * 1024 * 1024
_FEW = 1024


class InMemoryCache:
    """Values up to so many bytes together, keys included; those unused for longest go first."""

    def __init__(self, clock: Clock, most_bytes: int = _MOST_BYTES) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, tuple[bytes, datetime]] = OrderedDict()
        self._claims: dict[str, tuple[str, datetime]] = {}
        self._tidy_above = _FEW

    async def get(self, key: str) -> bytes | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        value, until = kept
        if until <= self._clock.now():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        self._drop(key)
        self._kept[key] = (value, self._clock.now() + timedelta(seconds=seconds))
        self._bytes += len(key) + len(value)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    async def claim(self, key: str, holder: str, *, seconds: float) -> bool:
        now = self._clock.now()
        claimed = self._claims.get(key)
        if claimed is not None and claimed[0] != holder and claimed[1] > now:
            return False
        self._claims[key] = (holder, now + timedelta(seconds=seconds))
        if len(self._claims) > self._tidy_above:
            self._claims = {name: claim for name, claim in self._claims.items() if claim[1] > now}
            self._tidy_above = max(_FEW, 2 * len(self._claims))
        return True

    async def release(self, key: str, holder: str) -> None:
        if key in self._claims and self._claims[key][0] == holder:
            del self._claims[key]

    def _drop(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= len(key) + len(kept[0])
