"""Who people are by the word of others, as it is kept."""

from datetime import datetime
from typing import Protocol

from domain.ids import UserId


class IdentityRepository(Protocol):
    """Whose each identity at an issuer is."""

    async def find(self, issuer: str, subject: str) -> UserId | None:
        """Whose identity it is, or None."""

    async def add(self, issuer: str, subject: str, user_id: UserId, at: datetime) -> None:
        """Keep whose it is from now on. Raises DuplicateEntry where it is somebody's."""
