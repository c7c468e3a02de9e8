"""Accounts in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.session import Session
from adapters.postgres.users import COLUMNS, user_of
from domain.ids import UserId
from domain.users import User

ANY = "select exists (select from users)"

# The index is on the letters as "C" lowers them: A to Z alone, as addresses have them.
BY_ADDRESS = f"""
select {COLUMNS} from users u where lower(u.email) = %(address)s order by u.created_at, u.id limit 1
"""

LOCK = f"select {COLUMNS} from users u where u.id = any(%(ids)s::uuid[]) order by u.id for no key update"

SAVE = """
update users set is_administrator = %(is_administrator)s, disabled_at = %(disabled_at)s,
    email_verified_at = %(email_verified_at)s
where id = %(id)s
"""

HASH = "select hash from passwords where user_id = %(user_id)s"

KEEP_HASH = """
insert into passwords (user_id, hash, changed_at) values (%(user_id)s, %(hash)s, %(at)s)
on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at
"""

FORGET_HASH = "delete from passwords where user_id = %(user_id)s"


class PostgresAccountRepository:
    """AccountRepository on the tables users and passwords."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def any(self) -> bool:
        row = await self._session.read_one(ANY)
        return bool(row and row[0])

    async def by_address(self, address: str) -> User | None:
        row = await self._session.read_one(BY_ADDRESS, {"address": address})
        return user_of(row) if row is not None else None

    async def lock(self, user_ids: Sequence[UserId]) -> Sequence[User]:
        return [user_of(row) for row in await self._session.write_all(LOCK, {"ids": list(user_ids)})]

    async def save(self, user: User) -> None:
        await self._session.write(
            SAVE,
            {
                "id": user.id,
                "is_administrator": user.is_administrator,
                "disabled_at": user.disabled_at,
                "email_verified_at": user.email_verified_at,
            },
        )

    async def password(self, user_id: UserId) -> str | None:
        row = await self._session.read_one(HASH, {"user_id": user_id})
        return str(row[0]) if row is not None else None

    async def set_password(self, user_id: UserId, password_hash: str | None, at: datetime) -> None:
        if password_hash is None:
            await self._session.write(FORGET_HASH, {"user_id": user_id})
        else:
            await self._session.write(KEEP_HASH, {"user_id": user_id, "hash": password_hash, "at": at})
