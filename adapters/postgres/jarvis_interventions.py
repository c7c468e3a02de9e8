"""Cancellations and confirmations, in PostgreSQL."""

from datetime import datetime

from adapters.postgres.jarvis_requests import COLUMNS, request_of
from adapters.postgres.lanes import UNFINISHED
from adapters.postgres.session import Session
from domain.answers import Confirmation, Leave
from domain.ids import RequestId, UserId
from domain.jarvis import JarvisRequest

CANCEL = f"""
update jarvis_requests w set cancelled_by = coalesce(w.cancelled_by, %(by)s)
where w.id = (
    select w.id from jarvis_requests w
    where w.public_id = %(public_id)s and {UNFINISHED} and (
        w.asker_id = %(by)s
        or not w.personal and exists (
            select from room_members m where m.room_id = w.room_id and m.user_id = %(by)s and m.role = 'owner'
        )
    )
    order by w.asker_id = %(by)s desc, w.created_at limit 1
)
returning {COLUMNS}
"""

IS_CANCELLED = "select w.cancelled_by is not null from jarvis_requests w where w.id = %(id)s"

ASK_LEAVE = """
insert into jarvis_confirmations (request_id, call_id, asker_id, name, summary, expires_at, leave)
values (%(request_id)s, %(call_id)s, %(asker_id)s, %(name)s, %(summary)s, %(expires_at)s, %(leave)s)
on conflict (request_id, call_id) do nothing
"""

FIND = """
select c.request_id, c.call_id, c.asker_id, c.name, c.summary, c.expires_at, c.leave
from jarvis_confirmations c where c.request_id = %(request_id)s and c.call_id = %(call_id)s
"""

DECIDE = """
update jarvis_confirmations c set leave = %(leave)s
from jarvis_requests q
where q.id = c.request_id and q.asker_id = %(asker_id)s and q.public_id = %(public_id)s
    and c.call_id = %(call_id)s and c.leave = 'waiting' and c.expires_at > %(at)s
"""


class PostgresJarvisInterventions:
    """JarvisInterventions on the tables jarvis_requests and jarvis_confirmations."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def cancel(self, public_id: str, by: UserId) -> JarvisRequest | None:
        row = await self._session.write_one(CANCEL, {"public_id": public_id, "by": by})
        return request_of(row) if row is not None else None

    async def is_cancelled(self, request_id: RequestId) -> bool:
        row = await self._session.read_one(IS_CANCELLED, {"id": request_id})
        return row is not None and bool(row[0])

    async def ask_leave(self, confirmation: Confirmation) -> Confirmation:
        key = {"request_id": confirmation.request_id, "call_id": confirmation.call_id}
        await self._session.write(
            ASK_LEAVE,
            {
                **key,
                "asker_id": confirmation.asker_id,
                "name": confirmation.name,
                "summary": confirmation.summary,
                "expires_at": confirmation.expires_at,
                "leave": confirmation.leave.value,
            },
        )
        [row] = await self._session.read(FIND, key)
        request_id, call_id, asker_id, name, summary, expires_at, leave = row
        return Confirmation(request_id, call_id, asker_id, name, summary, expires_at, Leave(leave))

    async def decide(self, asker_id: UserId, public_id: str, call_id: str, leave: Leave, *, at: datetime) -> bool:
        decided = await self._session.write(
            DECIDE,
            {"asker_id": asker_id, "public_id": public_id, "call_id": call_id, "leave": leave.value, "at": at},
        )
        return decided == 1

    async def leave(self, request_id: RequestId, call_id: str) -> Leave:
        row = await self._session.read_one(FIND, {"request_id": request_id, "call_id": call_id})
        return Leave(row[-1]) if row is not None else Leave.REFUSED
