"""Jobs in PostgreSQL."""

# ruff: noqa: S608 -- a Session takes LiteralString alone, so mypy proves that no value gets into the SQL

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from adapters.postgres.session import Row, Session
from domain.ids import JobId
from domain.jobs import Job, JobStatus

COLUMNS = (
    "j.id, j.kind, j.lane, j.payload, j.created_at, j.key, j.room_id, j.asker_id, j.attempts_allowed, j.status, "
    "j.attempt, j.attempts_before, j.result, j.failure"
)
UNFINISHED = "j.status in ('queued', 'running')"

ADD = """
insert into jobs (id, kind, lane, payload, key, room_id, asker_id, created_at, attempts_allowed)
values (%(id)s, %(kind)s, %(lane)s, %(payload)s, %(key)s, %(room_id)s, %(asker_id)s, %(created_at)s,
    %(attempts_allowed)s)
on conflict (kind, key) do nothing
"""

FIND = f"select {COLUMNS} from jobs j where j.id = %(id)s"

# Claims of one lane come one after the other: a job that is committed late, but is older than the one that is being
# worked on, must not be taken up beside it.
LOCK_LANE = "select pg_advisory_xact_lock(hashtextextended(%(lane)s, 0))"

CLAIM = f"""
update jobs j set status = 'running', attempt = j.attempt + 1, lease_until = %(until)s, retry_at = null
where j.id = (select j.id from jobs j where j.lane = %(lane)s and {UNFINISHED} order by j.created_at, j.id limit 1)
    and {UNFINISHED}
    and (j.retry_at is null or j.retry_at <= %(now)s)
    and not exists (select from jobs j where j.lane = %(lane)s and {UNFINISHED} and j.lease_until > %(now)s)
returning {COLUMNS}
"""

HELD = f"j.id = %(id)s and j.attempt = %(attempt)s and {UNFINISHED}"

EXTEND = f"update jobs j set lease_until = %(until)s where {HELD}"

RELEASE = f"update jobs j set status = 'queued', lease_until = null, attempt = attempt - 1 where {HELD}"

POSTPONE = f"""
update jobs j set status = 'queued', lease_until = null, retry_at = %(until)s, failure = %(failure)s where {HELD}
"""

FINISH = f"""
update jobs j set status = %(status)s, lease_until = null, finished_at = %(at)s, result = %(result)s,
    failure = %(failure)s
where {HELD}
"""


def job_of(row: Row) -> Job:
    """A job of COLUMNS."""
    columns = list(row)
    columns[9] = JobStatus(columns[9])
    return Job(*columns)


class PostgresJobRepository:
    """JobRepository on the table jobs."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
        await self._session.write(LOCK_LANE, {"lane": lane})
        row = await self._session.write_one(CLAIM, {"lane": lane, "now": now, "until": until})
        return job_of(row) if row is not None else None

    async def extend(self, job_id: JobId, attempt: int, *, until: datetime) -> bool:
        return await self._session.write(EXTEND, {"id": job_id, "attempt": attempt, "until": until}) == 1

    async def release(self, job_id: JobId, attempt: int) -> None:
        await self._session.write(RELEASE, {"id": job_id, "attempt": attempt})

    async def postpone(self, job_id: JobId, attempt: int, failure: str, *, until: datetime) -> bool:
        postponed = await self._session.write(
            POSTPONE, {"id": job_id, "attempt": attempt, "failure": failure, "until": until}
        )
        return postponed == 1

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
        finished = await self._session.write(
            FINISH,
            {
                "id": job_id,
                "attempt": attempt,
                "status": status.value,
                "at": at,
                "result": Jsonb(dict(result)) if result is not None else None,
                "failure": failure,
            },
        )
        return finished == 1
