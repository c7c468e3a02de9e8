"""Questions to Jarvis that have no answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import RequestId
from domain.jarvis import Unanswered


@dataclass(frozen=True, slots=True)
class Depth:
    """How many questions are unfinished and held by nobody, when the oldest of them was asked, and how many were set
    aside."""

    waiting: int
    oldest_at: datetime | None
    set_aside: int


class JarvisBacklog(Protocol):
    """What is still to be done, and what was set aside."""

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        """Lanes whose oldest unfinished request could be claimed now."""

    async def depth(self, *, now: datetime) -> Depth:
        """How much there is to do."""

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        """Unfinished requests and after them the failed ones, each oldest first; at most ``take``."""

    async def retry(self, request_id: RequestId | None = None) -> Sequence[str]:
        """Have this failed request run again, or without an id all that failed, in their old place in their lanes.

        Answers the lane of each; none where it has not failed.
        """
