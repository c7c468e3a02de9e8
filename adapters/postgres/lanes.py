"""Work that waits in lanes, in a table: what questions to Jarvis and jobs have in common there.

Such a table has id, lane, created_at, status, attempt, attempts_before, lease_until, retry_at, failure and finished_at.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from adapters.postgres.session import Row, Session
from application.ports.jarvis_backlog import Depth
from domain.ids import JobId, RequestId
from domain.jarvis import RequestStatus, Unanswered

UNFINISHED: LiteralString = "w.status in ('queued', 'running')"
_HELD: LiteralString = f"w.id = %(id)s and w.attempt = %(attempt)s and {UNFINISHED}"

# Claims of one lane come one after the other: what is committed late, but is older than what is being worked on, must
# not be taken up beside it.
_LOCK_LANE: LiteralString = "select pg_advisory_xact_lock(hashtextextended(%(lane)s, 0))"


class Lanes:
    """The work of one table, whose rows are read as ``columns`` of ``w``. Those for which ``dropped`` holds cannot be
    finished as done."""

    def __init__(
        self, session: Session, table: LiteralString, columns: LiteralString, dropped: LiteralString = "false"
    ) -> None:
        self._session = session
        self._table = table
        self._columns = columns
        self._dropped = dropped

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> Row | None:
        """Take up the lane's oldest unfinished work, as one attempt more; None where there is none to be had."""
        await self._session.write(_LOCK_LANE, {"lane": lane})
        table = self._table
        claim: LiteralString = f"""
            update {table} w set status = 'running', attempt = w.attempt + 1, lease_until = %(until)s, retry_at = null
            where w.id = (
                    select w.id from {table} w where w.lane = %(lane)s and {UNFINISHED}
                    order by w.created_at, w.id limit 1
                )
                and {UNFINISHED}
                and (w.retry_at is null or w.retry_at <= %(now)s)
                and not exists (
                    select from {table} w where w.lane = %(lane)s and {UNFINISHED} and w.lease_until > %(now)s
                )
            returning {self._columns}
        """
        return await self._session.write_one(claim, {"lane": lane, "now": now, "until": until})

    async def extend(self, id_: UUID, attempt: int, *, until: datetime) -> bool:
        extend: LiteralString = f"update {self._table} w set lease_until = %(until)s where {_HELD}"
        return await self._session.write(extend, {"id": id_, "attempt": attempt, "until": until}) == 1

    async def release(self, id_: UUID, attempt: int) -> None:
        release: LiteralString = (
            f"update {self._table} w set status = 'queued', lease_until = null, attempt = attempt - 1 where {_HELD}"
        )
        await self._session.write(release, {"id": id_, "attempt": attempt})

    async def postpone(self, id_: UUID, attempt: int, failure: str, *, until: datetime) -> bool:
        postpone: LiteralString = f"""
            update {self._table} w
            set status = 'queued', lease_until = null, retry_at = %(until)s, failure = %(failure)s where {_HELD}
        """
        parameters = {"id": id_, "attempt": attempt, "failure": failure, "until": until}
        return await self._session.write(postpone, parameters) == 1

    async def finish(self, id_: UUID, attempt: int, status: str, *, at: datetime, failure: str | None) -> bool:
        finish: LiteralString = f"""
            update {self._table} w
            set status = %(status)s, lease_until = null, finished_at = %(at)s, failure = %(failure)s
            where {_HELD} and (%(status)s <> 'done' or not {self._dropped})
        """
        parameters = {"id": id_, "attempt": attempt, "status": status, "at": at, "failure": failure}
        return await self._session.write(finish, parameters) == 1


class LaneBacklog:
    """What is not done of one table; of what has failed only those rows of ``w`` are shown and tried again that
    ``stand``."""

    def __init__(self, session: Session, table: LiteralString, stand: LiteralString = "true") -> None:
        self._session = session
        self._table = table
        self._set_aside: LiteralString = f"w.status = 'failed' and {stand}"

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        waiting: LiteralString = f"""
            select w.lane from {self._table} w where {UNFINISHED}
            group by w.lane
            having bool_and(w.lease_until is null or w.lease_until <= %(now)s)
                and coalesce((array_agg(w.retry_at order by w.created_at, w.id))[1] <= %(now)s, true)
            order by min(w.created_at), w.lane
        """
        return [lane for (lane,) in await self._session.read(waiting, {"now": now})]

    async def depth(self, *, now: datetime) -> Depth:
        depth: LiteralString = f"""
            select count(*), min(w.created_at), (select count(*) from {self._table} w where {self._set_aside})
            from {self._table} w
            where {UNFINISHED} and (w.lease_until is null or w.lease_until <= %(now)s)
        """
        row = await self._session.read_one(depth, {"now": now})
        return Depth(*row) if row is not None else Depth(0, None, 0)

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        listed: LiteralString = f"""
            select w.id, w.lane, w.status, w.created_at, w.attempt - w.attempts_before, w.failure, w.retry_at from (
                (select w.* from {self._table} w where {UNFINISHED} order by w.created_at, w.id limit %(take)s)
                union all
                (select w.* from {self._table} w where {self._set_aside} order by w.created_at, w.id limit %(take)s)
            ) w
            order by w.status = 'failed', w.created_at, w.id
            limit %(take)s
        """
        return [
            Unanswered(id_, lane, RequestStatus(status), *rest)
            for id_, lane, status, *rest in await self._session.read(listed, {"take": take})
        ]

    async def retry(self, id_: RequestId | JobId | None) -> Sequence[str]:
        retry: LiteralString = f"""
            update {self._table} w
            set status = 'queued', finished_at = null, retry_at = null, attempts_before = w.attempt
            where {self._set_aside} and (%(id)s::uuid is null or w.id = %(id)s)
            returning w.lane
        """
        return [lane for (lane,) in await self._session.write_all(retry, {"id": id_})]
