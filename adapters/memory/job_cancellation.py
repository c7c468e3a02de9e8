"""Stopping jobs."""

from dataclasses import replace

from adapters.memory.store import InMemoryStore
from domain.ids import JobId, UserId
from domain.jobs import Job


class InMemoryJobCancellation:
    """JobCancellation over the jobs of a store."""

    def __init__(self, store: InMemoryStore) -> None:
        self._jobs = store.jobs

    async def cancel(self, job_id: JobId, by: UserId) -> Job | None:
        kept = self._jobs.get(job_id)
        if kept is None or kept.job.asker_id != by or kept.job.status.is_final:
            return None
        cancelled = replace(kept.job, cancelled=True)
        self._jobs.put(job_id, replace(kept, job=cancelled))
        return cancelled

    async def is_cancelled(self, job_id: JobId) -> bool:
        kept = self._jobs.get(job_id)
        return kept is not None and kept.job.cancelled
