"""Questions to Jarvis, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import MessageId, RequestId, RoomId, UserId
from domain.jarvis import JarvisRequest, RequestStatus


class JarvisRequestRepository(Protocol):
    """Questions and who works on them. Of a lane only the oldest unfinished request can be claimed."""

    async def add(self, request: JarvisRequest) -> bool:
        """Keep a question, and count it in what its asker has asked; False where its asker has used the same public id
        before."""

    async def asked_by_message(
        self, room_id: RoomId, asker_id: UserId, *, since: datetime, message_id: MessageId | None = None
    ) -> Sequence[JarvisRequest]:
        """Questions that this person's messages asked in this room since then, or that ``message_id`` ever asked."""

    async def claim(self, lane: str, *, now: datetime, until: datetime) -> JarvisRequest | None:
        """Take up the lane's oldest unfinished request, as one attempt more, until the lease ends; None where there is
        none, somebody holds it, or it is put off."""

    async def extend(self, request_id: RequestId, attempt: int, *, until: datetime) -> bool:
        """Make the lease longer; False where another attempt has taken over or it is finished."""

    async def release(self, request_id: RequestId, attempt: int) -> None:
        """Give it back to whoever comes next, as if it had not been taken up; nothing happens where another attempt has
        taken over."""

    async def postpone(self, request_id: RequestId, attempt: int, failure: str, *, until: datetime) -> bool:
        """Put it off after an attempt that failed, and its lane with it; False where another attempt has taken over or
        it is finished."""

    async def finish(
        self, request_id: RequestId, attempt: int, status: RequestStatus, *, at: datetime, failure: str | None = None
    ) -> bool:
        """End it as done or failed; False where another attempt has taken over or it is finished."""
