"""What a worker does when it is rung for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.jobs import is_job_lane


@dataclass(frozen=True, slots=True)
class Lanes:
    """Sends a bell to who does the work of its lane."""

    answer: Callable[[str], Awaitable[None]]
    run: Callable[[str], Awaitable[None]]

    async def work(self, lane: str) -> None:
        """Do what is to be done in the lane. Raises what the work raises."""
        await (self.run if is_job_lane(lane) else self.answer)(lane)
