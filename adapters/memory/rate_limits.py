"""How often somebody may do something, on the one server there is."""

from datetime import timedelta

from application.limits import RateLimit
from application.ports.clock import Clock

_FEW = 1024


class InMemoryRateLimits:
    """For each bucket when it will be full again; full ones are forgotten."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.now()
        self._full_at: dict[tuple[str, str], float] = {}
        self._tidy_above = _FEW

    async def take(self, bucket: str, key: str, limit: RateLimit) -> float:
        now = (self._clock.now() - self._start) / timedelta(seconds=1)
        each = 1 / limit.per_second
        whole = limit.burst * each
        # A clock that was put back, or a limit that was lowered, leaves no bucket emptier than empty.
        full_at = min(max(self._full_at.get((bucket, key), now), now), now + whole)
        wait = full_at + each - whole - now
        if wait > each * 1e-6:
            self._full_at[bucket, key] = full_at
            return wait
        self._full_at[bucket, key] = full_at + each
        if len(self._full_at) > self._tidy_above:
            self._tidy(now)
        return 0.0

    def __len__(self) -> int:
        return len(self._full_at)

    def _tidy(self, now: float) -> None:
        self._full_at = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
        self._tidy_above = max(_FEW, 2 * len(self._full_at))
