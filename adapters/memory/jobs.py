"""Jobs, and which of them are not done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adapters.memory.store import InMemoryStore, KeptJob
from application.ports.jarvis_backlog import Depth
from domain.ids import JobId, RoomId
from domain.jarvis import RequestStatus, Unanswered
from domain.jobs import Job, JobStatus


class InMemoryJobRepository:
    """Jobs by id."""

    def __init__(self, store: InMemoryStore) -> None:
        self._jobs = store.jobs
        self._keys = store.job_keys

    async def add(self, job: Job) -> bool:
        if job.key is not None:
            named = job.kind, job.key
            if named in self._keys:
                return False
            self._keys.put(named, job.id)
        self._jobs.put(job.id, KeptJob(job))
        return True

    async def find(self, job_id: JobId) -> Job | None:
        kept = self._jobs.get(job_id)
        return kept.job if kept is not None else None

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> Job | None:
        unfinished = _unfinished(self._jobs.values(), lane)
        if not unfinished or any(kept.is_held(now) for kept in unfinished) or unfinished[0].is_put_off(now):
            return None
        job = unfinished[0].job
        job = replace(job, status=JobStatus.RUNNING, attempt=job.attempt + 1)
        self._jobs.put(job.id, KeptJob(job, held_until=until))
        return job

    async def extend(self, job_id: JobId, attempt: int, *, until: datetime) -> bool:
        kept = self._held(job_id, attempt)
        if kept is not None:
            self._jobs.put(job_id, replace(kept, held_until=until))
        return kept is not None

    async def release(self, job_id: JobId, attempt: int) -> None:
        kept = self._held(job_id, attempt)
        if kept is not None:
            self._jobs.put(job_id, KeptJob(replace(kept.job, status=JobStatus.QUEUED, attempt=attempt - 1)))

    async def postpone(self, job_id: JobId, attempt: int, failure: str, *, until: datetime) -> bool:
        kept = self._held(job_id, attempt)
        if kept is not None:
            queued = replace(kept.job, status=JobStatus.QUEUED, failure=failure)
            self._jobs.put(job_id, KeptJob(queued, retry_at=until))
        return kept is not None

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
        kept = self._held(job_id, attempt)
        if kept is not None and kept.job.cancelled and status is JobStatus.DONE:
            return False
        if kept is not None:
            ended = replace(kept.job, status=status, result=result, failure=failure)
            self._jobs.put(job_id, KeptJob(ended, finished_at=at))
        return kept is not None

    def forget_room(self, room_id: RoomId) -> None:
        """Remove all jobs of a room."""
        self.remove([kept.job for kept in self._jobs.values() if kept.job.room_id == room_id])

    def remove(self, jobs: Sequence[Job]) -> None:
        """Remove these jobs."""
        self._jobs.remove(*(job.id for job in jobs))
        self._keys.remove(*((job.kind, job.key) for job in jobs if job.key is not None))

    def _held(self, job_id: JobId, attempt: int) -> KeptJob | None:
        kept = self._jobs.get(job_id)
        return kept if kept is not None and kept.job.attempt == attempt and not kept.job.status.is_final else None


@dataclass(frozen=True, slots=True)
class InMemoryJobBacklog:
    """Looks through all jobs."""

    store: InMemoryStore

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        lanes = dict.fromkeys(kept.job.lane for kept in self._all() if not kept.job.status.is_final)
        return [lane for lane in lanes if self._can_be_claimed(lane, now)]

    async def depth(self, *, now: datetime) -> Depth:
        waiting = [kept for kept in self._all() if not kept.job.status.is_final and not kept.is_held(now)]
        return Depth(len(waiting), waiting[0].job.created_at if waiting else None, len(self._failed()))

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        unfinished = [kept for kept in self._all() if not kept.job.status.is_final]
        return [
            Unanswered(
                kept.job.id, kept.job.lane, RequestStatus(kept.job.status.value), kept.job.created_at, kept.job.tries,
                kept.job.failure, kept.retry_at,
            )
            for kept in [*unfinished, *self._failed()][:take]
        ]  # fmt: skip

    async def retry(self, job_id: JobId | None = None) -> Sequence[str]:
        again = [kept.job for kept in self._failed() if job_id in {None, kept.job.id}]
        for job in again:
            queued = replace(job, status=JobStatus.QUEUED, attempts_before=job.attempt)
            self.store.jobs.put(job.id, KeptJob(queued))
        return [job.lane for job in again]

    async def forget(self, *, done_before: datetime, kind: str | None = None) -> int:
        done = [
            kept.job
            for kept in self._all()
            if (kept.job.status is JobStatus.DONE or kept.job.cancelled)
            and kept.finished_at is not None
            and kept.finished_at < done_before
            and kind in {None, kept.job.kind}
        ]
        InMemoryJobRepository(self.store).remove(done)
        return len(done)

    def _all(self) -> list[KeptJob]:
        return sorted(self.store.jobs.values(), key=_age)

    def _failed(self) -> list[KeptJob]:
        return [kept for kept in self._all() if kept.job.status is JobStatus.FAILED and not kept.job.cancelled]

    def _can_be_claimed(self, lane: str, now: datetime) -> bool:
        unfinished = _unfinished(self.store.jobs.values(), lane)
        return not unfinished[0].is_put_off(now) and not any(kept.is_held(now) for kept in unfinished)


def _unfinished(jobs: Iterable[KeptJob], lane: str) -> list[KeptJob]:
    return sorted((kept for kept in jobs if kept.job.lane == lane and not kept.job.status.is_final), key=_age)


def _age(kept: KeptJob) -> tuple[datetime, JobId]:
    return kept.job.created_at, kept.job.id
