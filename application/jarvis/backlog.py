"""Questions without an answer, for whoever runs the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from application.ports.jarvis_backlog import Depth
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import Work
from domain.errors import NotFound
from domain.ids import RequestId
from domain.jarvis import Unanswered


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, what is being answered, and what was set aside."""

    work: Work
    jobs: JobQueue

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        """Unfinished questions and after them the failed ones, each oldest first; at most ``take``."""
        async with self.work() as work:
            return await work.backlog.listed(take=take)

    async def depth(self, *, now: datetime) -> Depth:
        """How much there is to do. Raises Unavailable."""
        async with self.work() as work:
            return await work.backlog.depth(now=now)

    async def retry(self, request_id: RequestId) -> None:
        """Have a question that was set aside answered after all. Raises NotFound where it is not one of those."""
        if not await self._retry(request_id):
            raise NotFound

    async def retry_all(self) -> int:
        """Have all that was set aside answered after all; answers how many questions that are."""
        return await self._retry(None)

    async def _retry(self, request_id: RequestId | None) -> int:
        async with self.work() as work:
            lanes = await work.backlog.retry(request_id)
        for lane in set(lanes):
            self.jobs.answer(lane)
        return len(lanes)
