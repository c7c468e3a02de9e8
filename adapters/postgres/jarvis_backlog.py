"""Questions to Jarvis without an answer, in PostgreSQL."""

# ruff: noqa: S608 -- a Session takes LiteralString alone, so mypy proves that no value gets into the SQL

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.jarvis_requests import UNFINISHED
from adapters.postgres.session import Session
from application.ports.jarvis_backlog import Depth
from domain.ids import RequestId
from domain.jarvis import RequestStatus, Unanswered

WAITING = f"""
select q.lane from jarvis_requests q where {UNFINISHED}
group by q.lane
having bool_and(q.lease_until is null or q.lease_until <= %(now)s)
    and coalesce((array_agg(q.retry_at order by q.created_at, q.id))[1] <= %(now)s, true)
order by min(q.created_at), q.lane
"""

DEPTH = f"""
select count(*), min(q.created_at), (select count(*) from jarvis_requests q where q.status = 'failed')
from jarvis_requests q
where {UNFINISHED} and (q.lease_until is null or q.lease_until <= %(now)s)
"""

LISTED = f"""
select q.id, q.lane, q.status, q.created_at, q.attempt - q.attempts_before, q.failure, q.retry_at from (
    (select q.* from jarvis_requests q where {UNFINISHED} order by q.created_at, q.id limit %(take)s)
    union all
    (select q.* from jarvis_requests q where q.status = 'failed' order by q.created_at, q.id limit %(take)s)
) q
order by q.status = 'failed', q.created_at, q.id
limit %(take)s
"""

RETRY = """
update jarvis_requests q set status = 'queued', finished_at = null, retry_at = null, attempts_before = q.attempt
where q.status = 'failed' and (%(id)s::uuid is null or q.id = %(id)s)
returning q.lane
"""


class PostgresJarvisBacklog:
    """JarvisBacklog on the table jarvis_requests."""

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

    async def retry(self, request_id: RequestId | None = None) -> Sequence[str]:
        return [lane for (lane,) in await self._session.write_all(RETRY, {"id": request_id})]
