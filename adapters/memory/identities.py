"""Who people are by the word of others."""

from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.errors import DuplicateEntry
from domain.ids import UserId


class InMemoryIdentityRepository:
    """Whose it is by issuer and subject."""

    def __init__(self, store: InMemoryStore) -> None:
        self._identities = store.identities

    async def find(self, issuer: str, subject: str) -> UserId | None:
        return self._identities.get((issuer, subject))

    async def add(self, issuer: str, subject: str, user_id: UserId, at: datetime) -> None:  # noqa: ARG002
        if (issuer, subject) in self._identities:
            raise DuplicateEntry
        self._identities.put((issuer, subject), user_id)
