"""The clock of the machine."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NS_PER_MS = 1_000_000


class SystemClock:
    """Time as the machine tells it. Within one millisecond the same object is handed out again."""

    def __init__(self) -> None:
        self._ms = 0
        self._now = _EPOCH

    def now(self) -> datetime:
        ms = time.time_ns() // _NS_PER_MS
        if ms != self._ms:
            self._ms = ms
            self._now = _EPOCH + timedelta(milliseconds=ms)
        return self._now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
