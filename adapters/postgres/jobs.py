"""Jobs in PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from adapters.postgres.lanes import Lanes
from adapters.postgres.session import Row, Session
from domain.ids import JobId
from domain.jobs import Job, JobStatus

COLUMNS = (
    "w.id, w.kind, w.lane, w.payload, w.created_at, w.key, w.room_id, w.asker_id, w.attempts_allowed, w.status, "
    "w.attempt, w.attempts_before, w.result, w.failure, w.cancelled"
)

ADD = """
insert into jobs (id, kind, lane, payload, key, room_id, asker_id, created_at, attempts_allowed)
values (%(id)s, %(kind)s, %(lane)s, %(payload)s, %(key)s, %(room_id)s, %(asker_id)s, %(created_at)s,
    %(attempts_allowed)s)
on conflict (kind, key) do nothing
"""

FIND = f"select {COLUMNS} from jobs w where w.id = %(id)s"

RESULT = "update jobs set result = %(result)s where id = %(id)s"


def job_of(row: Row) -> Job:
    """A job of COLUMNS."""
    columns = list(row)
    columns[9] = JobStatus(columns[9])
    return Job(*columns)


class PostgresJobRepository:
    """JobRepository on the table jobs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lanes = Lanes(session, "jobs", COLUMNS, dropped="w.cancelled")

    async def add(self, job: Job) -> bool:
        added = await self._session.write(
            ADD,
            {
                "id": job.id,
                "kind": job.kind,
                "lane": job.lane,
                "payload": Jsonb(dict(job.payload)),
                "key": job.key,
                "room_id": job.room_id,
                "asker_id": job.asker_id,
                "created_at": job.created_at,
                "attempts_allowed": job.attempts_allowed,
            },
        )
        return added == 1

    async def find(self, job_id: JobId) -> Job | None:
        row = await self._session.read_one(FIND, {"id": job_id})
        return job_of(row) if row is not None else None

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> Job | None:
        row = await self._lanes.claim(lane, now=now, until=until)
        return job_of(row) if row is not None else None

    async def extend(self, job_id: JobId, attempt: int, *, until: datetime) -> bool:
        return await self._lanes.extend(job_id, attempt, until=until)

    async def release(self, job_id: JobId, attempt: int) -> None:
        await self._lanes.release(job_id, attempt)

    async def postpone(self, job_id: JobId, attempt: int, failure: str, *, until: datetime) -> bool:
        return await self._lanes.postpone(job_id, attempt, failure, until=until)

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
        finished = await self._lanes.finish(job_id, attempt, status.value, at=at, failure=failure)
        if finished and result is not None:
            await self._session.write(RESULT, {"id": job_id, "result": Jsonb(dict(result))})
        return finished
