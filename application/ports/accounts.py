"""Accounts: how people get in, as it is kept beside what they are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import UserId
from domain.users import User


class AccountRepository(Protocol):
    """All accounts. Every user is one, with a password or without."""

    async def any(self) -> bool:
        """Whether there is an account at all."""

    async def by_address(self, address: str) -> User | None:
        """Whose email this is in any case of letters; the oldest where there are several."""

    async def lock(self, user_ids: Sequence[UserId]) -> Sequence[User]:
        """Those of the users that exist, by id, held against any other change until the unit of work ends."""

    async def save(self, user: User) -> None:
        """Keep whether an existing user is an administrator, is disabled and has a verified email."""

    async def password(self, user_id: UserId) -> str | None:
        """The hash of the user's password, or None where they have none."""

    async def set_password(self, user_id: UserId, password_hash: str | None, at: datetime) -> None:
        """Keep another hash in its place, or none."""
