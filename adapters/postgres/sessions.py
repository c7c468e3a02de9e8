"""Sessions of people in PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from adapters.postgres.session import Row
from adapters.postgres.session import Session as Database
from domain.errors import NotFound
from domain.ids import SessionId, UserId
from domain.sessions import Session

COLUMNS = (
    "id, user_id, created_at, used_at, expires_at, newest, before, rotated_at, device, address, provider, "
    "sign_out_hint, revoked_at"
)

ADD = f"""
insert into sessions ({COLUMNS})
values (%(id)s, %(user_id)s, %(created_at)s, %(used_at)s, %(expires_at)s, %(newest)s, %(before)s, %(rotated_at)s,
    %(device)s, %(address)s, %(provider)s, %(sign_out_hint)s, %(revoked_at)s)
"""

FIND = f"select {COLUMNS} from sessions where id = %(id)s"

LOCK = f"{FIND} for no key update"

REPLACE = """
update sessions set used_at = %(used_at)s, expires_at = %(expires_at)s, newest = %(newest)s, before = %(before)s,
    rotated_at = %(rotated_at)s, device = %(device)s, address = %(address)s, revoked_at = %(revoked_at)s
where id = %(id)s
"""

OF_USER = f"""
select {COLUMNS} from sessions where user_id = %(user_id)s and revoked_at is null and expires_at > %(now)s
order by used_at desc, id desc
"""

REVOKE_ALL = """
update sessions set revoked_at = %(now)s
where user_id = %(user_id)s and revoked_at is null and expires_at > %(now)s and id is distinct from %(but)s
returning id
"""

FORGET = "delete from sessions where least(expires_at, revoked_at) < %(before)s"


def _values(session: Session) -> Mapping[str, object]:
    return {name: getattr(session, name) for name in Session.__slots__}


def _session(row: Row) -> Session:
    return Session(*row)


class PostgresSessionRepository:
    """SessionRepository on the table sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session) -> None:
        await self._database.write(ADD, _values(session))

    async def find(self, session_id: SessionId) -> Session | None:
        row = await self._database.read_one(FIND, {"id": session_id})
        return _session(row) if row is not None else None

    async def lock(self, session_id: SessionId) -> Session:
        row = await self._database.write_one(LOCK, {"id": session_id})
        if row is None:
            raise NotFound
        return _session(row)

    async def replace(self, session: Session) -> None:
        await self._database.write(REPLACE, _values(session))

    async def of_user(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        return [_session(row) for row in await self._database.read(OF_USER, {"user_id": user_id, "now": now})]

    async def revoke_all(self, user_id: UserId, now: datetime, *, but: SessionId | None = None) -> Sequence[SessionId]:
        rows = await self._database.write_all(REVOKE_ALL, {"user_id": user_id, "now": now, "but": but})
        return [SessionId(session_id) for (session_id,) in rows]

    async def forget(self, *, over_before: datetime) -> None:
        await self._database.write(FORGET, {"before": over_before})
