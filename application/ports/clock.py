"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The time in UTC, cut to milliseconds."""

    async def sleep(self, seconds: float) -> None:
        """Let this much time pass."""
