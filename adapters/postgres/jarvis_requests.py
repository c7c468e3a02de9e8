"""Questions to Jarvis in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.ai_usage import CHARGE_ASKED
from adapters.postgres.lanes import Lanes
from adapters.postgres.session import Row, Session
from domain.ids import MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, Mode, RequestStatus

COLUMNS = (
    "w.id, w.public_id, w.room_id, w.asker_id, w.prompt, w.mode, w.personal, w.created_at, w.message_id, w.status, "
    "w.attempt, w.attempts_before, w.cancelled_by is not null"
)

ADD = f"""
with asked as (
    insert into jarvis_requests (id, public_id, room_id, asker_id, prompt, mode, personal, lane, created_at, message_id)
    values (%(id)s, %(public_id)s, %(room_id)s, %(asker_id)s, %(prompt)s, %(mode)s, %(personal)s, %(lane)s,
        %(created_at)s, %(message_id)s)
    on conflict (asker_id, public_id) do nothing
    returning asker_id, created_at
)
{CHARGE_ASKED}
"""

ASKED_SINCE = f"""
select {COLUMNS} from jarvis_requests w
where w.room_id = %(room_id)s and w.asker_id = %(asker_id)s and w.message_id is not null
    and (w.created_at >= %(since)s or w.message_id = %(message_id)s)
order by w.created_at, w.id
"""

# A failed question may be answered again when an operator says so, unless its message is gone.
UNASK = """
update jarvis_requests w set prompt = ''
where w.id = %(id)s and exists (
    select from messages m where m.id = w.message_id
        and (m.deleted_at is not null or m.edited_at is not null and w.status = 'done')
)
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
        self._lanes = Lanes(session, "jarvis_requests", COLUMNS)

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
        row = await self._lanes.claim(lane, now=now, until=until)
        return request_of(row) if row is not None else None

    async def extend(self, request_id: RequestId, attempt: int, *, until: datetime) -> bool:
        return await self._lanes.extend(request_id, attempt, until=until)

    async def release(self, request_id: RequestId, attempt: int) -> None:
        await self._lanes.release(request_id, attempt)

    async def postpone(self, request_id: RequestId, attempt: int, failure: str, *, until: datetime) -> bool:
        return await self._lanes.postpone(request_id, attempt, failure, until=until)

    async def finish(
        self, request_id: RequestId, attempt: int, status: RequestStatus, *, at: datetime, failure: str | None = None
    ) -> bool:
        finished = await self._lanes.finish(request_id, attempt, status.value, at=at, failure=failure)
        if finished:
            await self._session.write(UNASK, {"id": request_id})
        return finished
