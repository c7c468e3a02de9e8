"""Stopping jobs."""

from typing import Protocol

from domain.ids import JobId, UserId
from domain.jobs import Job


class JobCancellation(Protocol):
    """What those who have asked for jobs say meanwhile. A job that is cancelled cannot be finished as done any more."""

    async def cancel(self, job_id: JobId, by: UserId) -> Job | None:
        """Mark an unfinished job that ``by`` has asked for as cancelled. None where there is none."""

    async def is_cancelled(self, job_id: JobId) -> bool:
        """Whether it was."""
