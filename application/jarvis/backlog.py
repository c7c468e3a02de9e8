"""Questions without an answer and jobs that are not done, for whoever runs the place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.ports.jarvis_backlog import Depth
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import Work
from domain.errors import NotFound
from domain.ids import JobId, RequestId
from domain.jarvis import RequestStatus, Unanswered


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits, what is being worked on, and what was set aside: questions to Jarvis, and jobs."""

    work: Work
    jobs: JobQueue

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        """What is unfinished and after it what failed, each oldest first; at most ``take``."""
        async with self.work() as work:
            found = [*await work.backlog.listed(take=take), *await work.job_backlog.listed(take=take)]
        return sorted(found, key=lambda one: (one.status is RequestStatus.FAILED, one.asked_at, one.id))[:take]

    async def depth(self, *, now: datetime) -> Depth:
        """How much there is to do. Raises Unavailable."""
        async with self.work() as work:
            questions, jobs = await work.backlog.depth(now=now), await work.job_backlog.depth(now=now)
        oldest = min((at for at in (questions.oldest_at, jobs.oldest_at) if at is not None), default=None)
        return Depth(questions.waiting + jobs.waiting, oldest, questions.set_aside + jobs.set_aside)

    async def retry(self, id_: UUID) -> None:
        """Have what was set aside done after all: a question answered, a job done. Raises NotFound where it was not."""
        if not await self._retry(id_):
            raise NotFound

    async def retry_all(self) -> int:
        """Have all that was set aside done after all; answers how much that is."""
        return await self._retry(None)

    async def _retry(self, id_: UUID | None) -> int:
        async with self.work() as work:
            lanes = [
                *await work.backlog.retry(None if id_ is None else RequestId(id_)),
                *await work.job_backlog.retry(None if id_ is None else JobId(id_)),
            ]
        for lane in set(lanes):
            self.jobs.ring(lane)
        return len(lanes)
