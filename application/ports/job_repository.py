"""Jobs, as they are kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from domain.ids import JobId
from domain.jobs import Job, JobStatus


class JobRepository(Protocol):
    """Jobs and who works on them. Of a lane only the oldest unfinished job can be claimed."""

    async def add(self, job: Job) -> bool:
        """Keep a job; False where one of the same kind and key is kept already."""

    async def find(self, job_id: JobId) -> Job | None:
        """The job, or None."""

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> Job | None:
        """Take up the lane's oldest unfinished job, as one attempt more, until the lease ends; None where there is
        none, somebody holds it, or it is put off."""

    async def extend(self, job_id: JobId, attempt: int, *, until: datetime) -> bool:
        """Make the lease longer; False where another attempt has taken over or it is finished."""

    async def release(self, job_id: JobId, attempt: int) -> None:
        """Give it back to whoever comes next, as if it had not been taken up; nothing happens where another attempt has
        taken over."""

    async def postpone(self, job_id: JobId, attempt: int, failure: str, *, until: datetime) -> bool:
        """Put it off after an attempt that failed, and its lane with it; False where another attempt has taken over or
        it is finished."""

    async def finish(
        self,
        job_id: JobId,
        attempt: int,
        status: JobStatus,
        *,
        at: datetime,
        result: Mapping[str, Any] | None = None,
        failure: str | None = None,
    ) -> bool:
        """End it as done or failed; False where another attempt has taken over or it is finished."""
