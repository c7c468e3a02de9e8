"""Somebody who listens to a bus."""

import asyncio
from collections.abc import Callable, Sequence

from application.ports.event_bus import EventBus, Notice
from tests.builders import PATIENCE


class Ear:
    """Keeps what a bus brings, and counts how often it came back."""

    def __init__(self, bus: EventBus) -> None:
        self.notices: list[Notice] = []
        self.returns = 0
        self._changed = asyncio.Event()
        bus.attach(self._receive, self._came_back)

    @property
    def bodies(self) -> list[bytes]:
        return [notice.body for notice in self.notices]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds, looking whenever something has come in."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    async def hears(self, body: bytes) -> Notice:
        """Wait for a notice with this body."""
        await self.until(lambda: body in self.bodies)
        return next(notice for notice in self.notices if notice.body == body)

    async def returned(self, times: int = 1) -> None:
        """Wait until the bus has come back so often."""
        await self.until(lambda: self.returns >= times)

    def _receive(self, notices: Sequence[Notice]) -> None:
        self.notices += notices
        self._changed.set()

    def _came_back(self) -> None:
        self.returns += 1
        self._changed.set()
