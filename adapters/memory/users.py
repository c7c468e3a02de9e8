"""People."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import UserId
from domain.users import User


class InMemoryUserRepository:
    """Users by id, and ids by email."""

    def __init__(self, store: InMemoryStore) -> None:
        self._users = store.users
        self._user_ids = store.user_ids

    async def find(self, user_id: UserId) -> User | None:
        return self._users.get(user_id)

    async def sign_in(self, user: User, *, rename: bool) -> User:
        user_id = self._user_ids.get(user.email)
        if user_id is None:
            self._user_ids.put(user.email, user.id)
            self._users.put(user.id, user)
            return user
        known = self._users[user_id]
        if rename and known.name != user.name:
            known = replace(known, name=user.name)
            self._users.put(known.id, known)
        return known

    async def existing(self, user_ids: Sequence[UserId]) -> Sequence[User]:
        return [self._users[user_id] for user_id in dict.fromkeys(user_ids) if user_id in self._users]

    async def matching(self, query: str | None) -> Sequence[User]:
        sought = (query or "").lower()
        found = [user for user in self._users.values() if sought in user.name.lower() or sought in user.email.lower()]
        return sorted(found, key=lambda user: (user.name, user.id))

    async def seen(self, user_id: UserId, at: datetime) -> None:
        user = self._users.get(user_id)
        if user is not None and (user.last_seen_at is None or user.last_seen_at < at):
            self._users.put(user_id, replace(user, last_seen_at=at))
