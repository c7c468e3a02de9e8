"""Sessions of people."""

from collections.abc import Sequence
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.errors import NotFound
from domain.ids import SessionId, UserId
from domain.sessions import Session


class InMemorySessionRepository:
    """Sessions by id."""

    def __init__(self, store: InMemoryStore) -> None:
        self._sessions = store.sessions

    async def add(self, session: Session) -> None:
        self._sessions.put(session.id, session)

    async def find(self, session_id: SessionId) -> Session | None:
        return self._sessions.get(session_id)

    async def lock(self, session_id: SessionId) -> Session:
        session = self._sessions.get(session_id)
        if session is None:
            raise NotFound
        return session

    async def replace(self, session: Session) -> None:
        self._sessions.put(session.id, session)

    async def of_user(self, user_id: UserId, now: datetime) -> Sequence[Session]:
        found = [session for session in self._sessions.values() if session.user_id == user_id and session.is_good(now)]
        return sorted(found, key=lambda session: (session.used_at, session.id), reverse=True)

    async def revoke_all(self, user_id: UserId, now: datetime, *, but: SessionId | None = None) -> Sequence[SessionId]:
        ended = [session for session in await self.of_user(user_id, now) if session.id != but]
        for session in ended:
            self._sessions.put(session.id, session.revoked(now))
        return [session.id for session in ended]

    async def forget(self, *, over_before: datetime) -> None:
        over = [
            session.id
            for session in self._sessions.values()
            if min(session.expires_at, session.revoked_at or session.expires_at) < over_before
        ]
        self._sessions.remove(*over)
