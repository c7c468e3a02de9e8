"""Calendar feeds."""

from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import UserId


class InMemoryCalendarFeedRepository:
    """Digests of secrets by person."""

    def __init__(self, store: InMemoryStore) -> None:
        self._feeds = store.calendar_feeds

    async def put(self, user_id: UserId, digest: bytes, at: datetime) -> None:
        self._feeds.put(user_id, (digest, at))

    async def opened_at(self, user_id: UserId) -> datetime | None:
        feed = self._feeds.get(user_id)
        return None if feed is None else feed[1]

    async def owner(self, digest: bytes) -> UserId | None:
        return next((user_id for user_id in self._feeds if self._feeds[user_id][0] == digest), None)

    async def remove(self, user_id: UserId) -> None:
        self._feeds.remove(user_id)
