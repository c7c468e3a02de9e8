"""Tokens that are no longer good."""

from datetime import datetime
from typing import Protocol


class RevokedTokens(Protocol):
    """Tokens revoked before their time, remembered until they would have expired anyway."""

    async def revoke(self, token_id: str, *, until: datetime) -> None:
        """From now on the token is not good; twice is the same as once."""

    async def is_revoked(self, token_id: str) -> bool:
        """Whether it was revoked."""

    async def forget(self, *, expired_before: datetime) -> None:
        """Remember no more what would have expired before then."""
