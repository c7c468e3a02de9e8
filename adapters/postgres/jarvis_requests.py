"""Questions to Jarvis in PostgreSQL."""

# ruff: noqa: S608 -- a Session takes LiteralString alone, so mypy proves that no value gets into the SQL

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Row, Session
from domain.ids import MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, Mode, RequestStatus

COLUMNS = (
    "q.id, q.public_id, q.room_id, q.asker_id, q.prompt, q.mode, q.personal, q.created_at, q.message_id, q.status, "
    "q.attempt, q.attempts_before, q.cancelled_by is not null"
)
UNFINISHED = "q.status in ('queued', 'running')"

ADD = """
insert into jarvis_requests (id, public_id, room_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
values (%(id)s, %(public_id)s, %(room_id)s, %(asker_id)s, %(prompt)s, %(mode)s, %(personal)s, %(lane)s, %(created_at)s,
    %(message_id)s)
on conflict (asker_id, public_id) do nothing
"""

ASKED_SINCE = f"""
select {COLUMNS} from jarvis_requests q
where q.room_id = %(room_id)s and q.asker_id = %(asker_id)s and q.message_id is not null
    and (q.created_at >= %(since)s or q.message_id = %(message_id)s)
order by q.created_at, q.id
"""

# Claims of one lane come one after the other: a request that is committed late, but is older than the one that is being
# worked on, must not be taken up beside it.
LOCK_LANE = "select pg_advisory_xact_lock(hashtextextended(%(lane)s, 0))"

CLAIM = f"""
update jarvis_requests q set status = 'running', attempt = q.attempt + 1, lease_until = %(until)s, retry_at = null
where q.id = (
        select q.id from jarvis_requests q where q.lane = %(lane)s and {UNFINISHED} order by q.created_at, q.id limit 1
    )
    and {UNFINISHED}
    and (q.retry_at is null or q.retry_at <= %(now)s)
    and not exists (
        select from jarvis_requests q where q.lane = %(lane)s and {UNFINISHED} and q.lease_until > %(now)s
    )
returning {COLUMNS}
"""

EXTEND = f"""
update jarvis_requests q set lease_until = %(until)s where q.id = %(id)s and q.attempt = %(attempt)s and {UNFINISHED}
"""

RELEASE = f"""
update jarvis_requests q set status = 'queued', lease_until = null, attempt = attempt - 1
where q.id = %(id)s and q.attempt = %(attempt)s and {UNFINISHED}
"""

POSTPONE = f"""
update jarvis_requests q set status = 'queued', lease_until = null, retry_at = %(until)s, failure = %(failure)s
where q.id = %(id)s and q.attempt = %(attempt)s and {UNFINISHED}
"""

FINISH = f"""
update jarvis_requests q set status = %(status)s, lease_until = null, finished_at = %(at)s, failure = %(failure)s
where q.id = %(id)s and q.attempt = %(attempt)s and {UNFINISHED}
"""


def request_of(row: Row) -> JarvisRequest:
    """A request of COLUMNS."""
    id_, public_id, room_id, asker_id, prompt, mode, personal, created_at, message_id, status, *rest = row
    return JarvisRequest(
        id_, public_id, room_id, asker_id, prompt, Mode(mode), personal, created_at, message_id, RequestStatus(status),
        *rest,
    )  # fmt: skip


class PostgresJarvisRequestRepository:
    """JarvisRequestRepository on the table jarvis_requests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, request: JarvisRequest) -> bool:
        added = await self._session.write(
            ADD,
            {
                "id": request.id,
                "public_id": request.public_id,
                "room_id": request.room_id,
                "asker_id": request.asker_id,
                "prompt": request.prompt,
                "mode": request.mode.value,
                "personal": request.personal,
                "lane": request.lane,
                "created_at": request.created_at,
                "message_id": request.message_id,
            },
        )
        return added == 1

    async def asked_by_message(
        self, room_id: RoomId, asker_id: UserId, *, since: datetime, message_id: MessageId | None = None
    ) -> Sequence[JarvisRequest]:
        rows = await self._session.read(
            ASKED_SINCE, {"room_id": room_id, "asker_id": asker_id, "since": since, "message_id": message_id}
        )
        return [request_of(row) for row in rows]

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> JarvisRequest | None:
        await self._session.write(LOCK_LANE, {"lane": lane})
        row = await self._session.write_one(CLAIM, {"lane": lane, "now": now, "until": until})
        return request_of(row) if row is not None else None

    async def extend(self, request_id: RequestId, attempt: int, *, until: datetime) -> bool:
        return await self._session.write(EXTEND, {"id": request_id, "attempt": attempt, "until": until}) == 1

    async def release(self, request_id: RequestId, attempt: int) -> None:
        await self._session.write(RELEASE, {"id": request_id, "attempt": attempt})

    async def postpone(self, request_id: RequestId, attempt: int, failure: str, *, until: datetime) -> bool:
        postponed = await self._session.write(
            POSTPONE, {"id": request_id, "attempt": attempt, "failure": failure, "until": until}
        )
        return postponed == 1

    async def finish(
        self, request_id: RequestId, attempt: int, status: RequestStatus, *, at: datetime, failure: str | None = None
    ) -> bool:
        finished = await self._session.write(
            FINISH, {"id": request_id, "attempt": attempt, "status": status.value, "at": at, "failure": failure}
        )
        return finished == 1
