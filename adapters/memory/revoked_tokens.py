"""Tokens that are no longer good."""

from datetime import datetime
from heapq import heappop, heappush

from application.ports.clock import Clock


class InMemoryRevokedTokens:
    """Revoked tokens until they expire."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: set[str] = set()
        self._by_expiry: list[tuple[datetime, str]] = []

    async def revoke(self, token_id: str, *, until: datetime) -> None:
        self._drop_expired()
        if token_id not in self._tokens:
            self._tokens.add(token_id)
            heappush(self._by_expiry, (until, token_id))

    async def is_revoked(self, token_id: str) -> bool:
        self._drop_expired()
        return token_id in self._tokens

    async def forget(self, *, expired_before: datetime) -> None:
        while self._by_expiry and self._by_expiry[0][0] < expired_before:
            self._tokens.discard(heappop(self._by_expiry)[1])

    def __len__(self) -> int:
        return len(self._tokens)

    def _drop_expired(self) -> None:
        now = self._clock.now()
        while self._by_expiry and self._by_expiry[0][0] <= now:
            self._tokens.discard(heappop(self._by_expiry)[1])
