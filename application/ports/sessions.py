"""Sessions, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import SessionId, UserId
from domain.sessions import Session


class SessionRepository(Protocol):
    """All sessions."""

    async def add(self, session: Session) -> None:
        """Keep a new session."""

    async def find(self, session_id: SessionId) -> Session | None:
        """The session, or None."""

    async def lock(self, session_id: SessionId) -> Session:
        """The session, held against any other change until the unit of work ends. Raises NotFound."""

    async def replace(self, session: Session) -> None:
        """Keep an existing session as it is now."""

    async def of_user(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        """The user's sessions that are good, the one used last first."""

    async def revoke_all(self, user_id: UserId, now: datetime, *, but: SessionId | None = None) -> Sequence[SessionId]:
        """End the user's good sessions, save one; answers those that ended."""

    async def forget(self, *, over_before: datetime) -> None:
        """Remember no more those that expired or were revoked before then."""
