"""Questions to Jarvis without an answer, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.lanes import LaneBacklog
from adapters.postgres.session import Session
from application.ports.jarvis_backlog import Depth
from domain.ids import RequestId
from domain.jarvis import Unanswered

_STANDS = "w.cancelled_by is null and w.prompt <> ''"
"""What somebody has stopped or taken back is no matter for an operator."""


class PostgresJarvisBacklog:
    """JarvisBacklog on the table jarvis_requests."""

    def __init__(self, session: Session) -> None:
        self._lanes = LaneBacklog(session, "jarvis_requests", _STANDS)

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        return await self._lanes.waiting(now=now)

    async def depth(self, *, now: datetime) -> Depth:
        return await self._lanes.depth(now=now)

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        return await self._lanes.listed(take=take)

    async def retry(self, request_id: RequestId | None = None) -> Sequence[str]:
        return await self._lanes.retry(request_id)
