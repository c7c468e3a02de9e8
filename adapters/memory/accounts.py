"""Accounts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import UserId
from domain.users import User


class InMemoryAccountRepository:
    """Users and the hashes of their passwords by user. Nothing needs to be held: units of work follow one another."""

    def __init__(self, store: InMemoryStore) -> None:
        self._users = store.users
        self._passwords = store.passwords

    async def any(self) -> bool:
        return len(self._users) > 0

    async def by_address(self, address: str) -> User | None:
        found = [user for user in self._users.values() if user.email.isascii() and user.email.lower() == address]
        return min(found, key=lambda user: (user.created_at, user.id), default=None)

    async def lock(self, user_ids: Sequence[UserId]) -> Sequence[User]:
        return [self._users[user_id] for user_id in sorted(set(user_ids)) if user_id in self._users]

    async def save(self, user: User) -> None:
        kept = self._users[user.id]
        kept = replace(
            kept,
            is_administrator=user.is_administrator,
            disabled_at=user.disabled_at,
            email_verified_at=user.email_verified_at,
        )
        self._users.put(user.id, kept)

    async def password(self, user_id: UserId) -> str | None:
        return self._passwords.get(user_id)

    async def set_password(self, user_id: UserId, password_hash: str | None, at: datetime) -> None:  # noqa: ARG002
        if password_hash is None:
            self._passwords.remove(user_id)
        else:
            self._passwords.put(user_id, password_hash)
