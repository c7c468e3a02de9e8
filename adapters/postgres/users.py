"""People in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.postgres.session import Row, Session
from domain.ids import UserId
from domain.users import Right, User

COLUMNS = (
    "u.id, u.email, u.name, u.created_at, u.department, u.avatar_url, u.last_seen_at, "
    "u.is_administrator, u.disabled_at, u.email_verified_at, u.bot_rights"
)

FIND = f"select {COLUMNS} from users u where u.id = %(id)s"

SIGN_IN = f"""
insert into users as u (id, email, name, created_at, department, avatar_url, last_seen_at)
values (%(id)s, %(email)s, %(name)s, %(created_at)s, %(department)s, %(avatar_url)s, %(last_seen_at)s)
on conflict (email) do update set name = case when %(rename)s then excluded.name else u.name end
returning {COLUMNS}
"""

EXISTING = f"select {COLUMNS} from users u where u.id = any(%(ids)s::uuid[])"

ALL = f'select {COLUMNS} from users u order by u.name collate "C", u.id'

MATCHING = f"""
select {COLUMNS} from users u
where strpos(lower(u.name), lower(%(query)s)) > 0 or strpos(lower(u.email collate "default"), lower(%(query)s)) > 0
order by u.name collate "C", u.id
"""

SEEN = """
update users set last_seen_at = %(at)s where id = %(id)s and (last_seen_at is null or last_seen_at < %(at)s)
"""


def user_of(row: Row) -> User:
    """A user of COLUMNS."""
    *columns, rights = row
    person = User(*columns)
    return person if rights is None else replace(person, rights=frozenset(map(Right, rights)))


class PostgresUserRepository:
    """UserRepository on the table users."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find(self, user_id: UserId) -> User | None:
        row = await self._session.read_one(FIND, {"id": user_id})
        return user_of(row) if row is not None else None

    async def sign_in(self, user: User, *, rename: bool) -> User:
        [row] = await self._session.write_all(
            SIGN_IN,
            {
                "id": user.id,
                "email": user.email,
                "name": user.name,
                "created_at": user.created_at,
                "department": user.department,
                "avatar_url": user.avatar_url,
                "last_seen_at": user.last_seen_at,
                "rename": rename,
            },
        )
        return user_of(row)

    async def existing(self, user_ids: Sequence[UserId]) -> Sequence[User]:
        if not user_ids:
            return []
        rows = await self._session.read(EXISTING, {"ids": list(user_ids)})
        found = {user.id: user for user in map(user_of, rows)}
        return [found[user_id] for user_id in dict.fromkeys(user_ids) if user_id in found]

    async def matching(self, query: str | None) -> Sequence[User]:
        rows = await self._session.read(ALL) if query is None else await self._session.read(MATCHING, {"query": query})
        return [user_of(row) for row in rows]

    async def seen(self, user_id: UserId, at: datetime) -> None:
        await self._session.write(SEEN, {"id": user_id, "at": at})
