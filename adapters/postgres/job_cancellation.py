"""Stopping jobs, in PostgreSQL."""

from adapters.postgres.jobs import COLUMNS, job_of
from adapters.postgres.lanes import UNFINISHED
from adapters.postgres.session import Session
from domain.ids import JobId, UserId
from domain.jobs import Job

CANCEL = f"""
update jobs w set cancelled = true where w.id = %(id)s and w.asker_id = %(by)s and {UNFINISHED} returning {COLUMNS}
"""

IS_CANCELLED = "select w.cancelled from jobs w where w.id = %(id)s"


class PostgresJobCancellation:
    """JobCancellation on the table jobs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def cancel(self, job_id: JobId, by: UserId) -> Job | None:
        row = await self._session.write_one(CANCEL, {"id": job_id, "by": by})
        return job_of(row) if row is not None else None

    async def is_cancelled(self, job_id: JobId) -> bool:
        row = await self._session.read_one(IS_CANCELLED, {"id": job_id})
        return row is not None and bool(row[0])
