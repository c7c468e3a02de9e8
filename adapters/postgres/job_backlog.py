"""Jobs that are not done, in PostgreSQL."""

# ruff: noqa: S608 -- a Session takes LiteralString alone, so mypy proves that no value gets into the SQL

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.jobs import UNFINISHED
from adapters.postgres.session import Session
from application.ports.jarvis_backlog import Depth
from domain.ids import JobId
from domain.jarvis import RequestStatus, Unanswered

WAITING = f"""
select j.lane from jobs j where {UNFINISHED}
group by j.lane
having bool_and(j.lease_until is null or j.lease_until <= %(now)s)
    and coalesce((array_agg(j.retry_at order by j.created_at, j.id))[1] <= %(now)s, true)
order by min(j.created_at), j.lane
"""

DEPTH = f"""
select count(*), min(j.created_at), (select count(*) from jobs j where j.status = 'failed')
from jobs j
where {UNFINISHED} and (j.lease_until is null or j.lease_until <= %(now)s)
"""

LISTED = f"""
select j.id, j.lane, j.status, j.created_at, j.attempt - j.attempts_before, j.failure, j.retry_at from (
    (select j.* from jobs j where {UNFINISHED} order by j.created_at, j.id limit %(take)s)
    union all
    (select j.* from jobs j where j.status = 'failed' order by j.created_at, j.id limit %(take)s)
) j
order by j.status = 'failed', j.created_at, j.id
limit %(take)s
"""

RETRY = """
update jobs j set status = 'queued', finished_at = null, retry_at = null, attempts_before = j.attempt
where j.status = 'failed' and (%(id)s::uuid is null or j.id = %(id)s)
returning j.lane
"""

FORGET = "delete from jobs where status = 'done' and finished_at < %(before)s"


class PostgresJobBacklog:
    """JobBacklog on the table jobs."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        return [lane for (lane,) in await self._session.read(WAITING, {"now": now})]

    async def depth(self, *, now: datetime) -> Depth:
        row = await self._session.read_one(DEPTH, {"now": now})
        return Depth(*row) if row is not None else Depth(0, None, 0)

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        return [
            Unanswered(id_, lane, RequestStatus(status), *rest)
            for id_, lane, status, *rest in await self._session.read(LISTED, {"take": take})
        ]

    async def retry(self, job_id: JobId | None = None) -> Sequence[str]:
        return [lane for (lane,) in await self._session.write_all(RETRY, {"id": job_id})]

    async def forget(self, *, done_before: datetime) -> int:
        return await self._session.write(FORGET, {"before": done_before})
