"""Identifiers that sort by the time they were made."""

import time
from collections.abc import Callable
from os import urandom
from secrets import randbits
from struct import Struct
from threading import Lock
from uuid import UUID

_NS_PER_MS = 1_000_000
_RANDOM_BITS = 74
_LOW_BITS = 62
_VERSION = 7 << 76
_VARIANT = 0b10 << 62
_FOUR_BYTES = Struct("=I")
_POOL_BYTES = 4096


class Uuid7Source:
    """UUIDv7 after RFC 9562, each greater than the one before. Make one after a fork, not before.

    Within a millisecond, or while the clock stands behind what it said before, the random part is counted up by a
    random step (method 2 of section 6.2), and past its end the timestamp runs ahead.
    """

    def __init__(self, time_ns: Callable[[], int] = time.time_ns) -> None:
        self._time_ns = time_ns
        self._lock = Lock()
        self._ms = -1
        self._random = 0
        self._pool: list[tuple[int]] = []

    def new(self) -> UUID:
        with self._lock:
            self._advance()
            high, low = self._random >> _LOW_BITS, self._random & (1 << _LOW_BITS) - 1
            return UUID(int=self._ms << 80 | _VERSION | high << 64 | _VARIANT | low)

    def _advance(self) -> None:
        now = self._time_ns() // _NS_PER_MS
        if now <= self._ms:
            self._random += 1 + self._random_32_bits()
            if self._random < 1 << _RANDOM_BITS:
                return
            now = self._ms + 1
        self._ms = now
        self._random = randbits(_RANDOM_BITS - 1)

    def _random_32_bits(self) -> int:
        # From a pool: a system call for every id would cost more than all the rest.
        if not self._pool:
            self._pool = list(_FOUR_BYTES.iter_unpack(urandom(_POOL_BYTES)))
        return int(self._pool.pop()[0])
