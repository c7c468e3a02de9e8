"""How many questions to Jarvis wait, and how long."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from math import isnan, nan
from typing import Protocol

from application.ports.clock import Clock
from domain.errors import Unavailable

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0


class Depth(Protocol):
    """What there is to do."""

    @property
    def waiting(self) -> int: ...
    @property
    def oldest_at(self) -> datetime | None: ...
    @property
    def set_aside(self) -> int: ...


class AskDepth(Protocol):
    """Looks into the store. Raises Unavailable."""

    def __call__(self, *, now: datetime) -> Awaitable[Depth]: ...


class QuestionWatch:
    """Remembers for a few seconds what the store says, however often it is asked. Numbers are NaN while it is away."""

    def __init__(self, depth: AskDepth, clock: Clock, seconds: Callable[[], float]) -> None:
        self._depth = depth
        self._clock = clock
        self._seconds = seconds
        self._looked_at: float | None = None
        self._known_set_aside: int | None = None
        self.waiting = self.oldest_seconds = self.set_aside = nan

    async def look(self) -> None:
        """Look into the store unless that was done just now."""
        if self._looked_at is not None and self._seconds() - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = self._seconds()
        now = self._clock.now()
        try:
            depth = await self._depth(now=now)
        except Unavailable:
            self.waiting = self.oldest_seconds = self.set_aside = nan
            return
        self.waiting, self.set_aside = depth.waiting, depth.set_aside
        self.oldest_seconds = (now - depth.oldest_at).total_seconds() if depth.oldest_at is not None else 0.0

    async def report(self) -> None:
        """Look now, and report it as an error where more questions were set aside since the last time."""
        self._looked_at = None
        await self.look()
        if isnan(self.set_aside):
            return
        known, self._known_set_aside = self._known_set_aside, int(self.set_aside)
        if known is not None and self.set_aside > known:
            new = int(self.set_aside) - known
            _log.error("%d questions were set aside: see `jarvis jobs`", new, extra={"alarm": "question-set-aside"})

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            await self.report()
            await self._clock.sleep(_LOOK_SECONDS)
