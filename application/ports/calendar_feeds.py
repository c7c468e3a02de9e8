"""Whose calendar may be read under which secret address, as it is kept."""

from datetime import datetime
from typing import Protocol

from domain.ids import UserId


class CalendarFeedRepository(Protocol):
    """At most one feed a person, known by the digest of its secret."""

    async def put(self, user_id: UserId, digest: bytes, at: datetime) -> None:
        """Open the person's feed, or give it another secret."""

    async def opened_at(self, user_id: UserId) -> datetime | None:
        """Since when the feed has its secret, or None where there is no feed."""

    async def owner(self, digest: bytes) -> UserId | None:
        """Whose feed has this secret, or None."""

    async def remove(self, user_id: UserId) -> None:
        """Close the feed; nothing happens where there is none."""
