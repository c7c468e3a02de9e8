"""Jobs that are not done, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.lanes import LaneBacklog
from adapters.postgres.session import Session
from application.ports.jarvis_backlog import Depth
from domain.ids import JobId
from domain.jarvis import Unanswered

FORGET = """
delete from jobs where id in (
    select id from jobs where status = 'done' and finished_at < %(before)s
    union all select id from jobs where status = 'failed' and cancelled and finished_at < %(before)s
) and kind = coalesce(%(kind)s, kind)
"""


class PostgresJobBacklog:
    """JobBacklog on the table jobs."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lanes = LaneBacklog(session, "jobs", stand="not w.cancelled")

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        return await self._lanes.waiting(now=now)

    async def depth(self, *, now: datetime) -> Depth:
        return await self._lanes.depth(now=now)

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        return await self._lanes.listed(take=take)

    async def retry(self, job_id: JobId | None = None) -> Sequence[str]:
        return await self._lanes.retry(job_id)

    async def forget(self, *, done_before: datetime, kind: str | None = None) -> int:
        return await self._session.write(FORGET, {"before": done_before, "kind": kind})
