"""Jobs that are not done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from application.ports.jarvis_backlog import Depth
from domain.ids import JobId
from domain.jarvis import Unanswered


class JobBacklog(Protocol):
    """What is still to be done, and what was set aside."""

    async def waiting(self, *, now: datetime) -> Sequence[str]:
        """Lanes whose oldest unfinished job could be claimed now."""

    async def depth(self, *, now: datetime) -> Depth:
        """How much there is to do."""

    async def listed(self, *, take: int) -> Sequence[Unanswered]:
        """Unfinished jobs and after them the failed ones, each oldest first; at most ``take``."""

    async def retry(self, job_id: JobId | None = None) -> Sequence[str]:
        """Have this failed job run again, or without an id all that failed, in their old place in their lanes.

        Answers the lane of each; none where it has not failed.
        """

    async def forget(self, *, done_before: datetime, kind: str | None = None) -> int:
        """Keep no longer what was done before then, or cancelled, all or of one kind; answers how many jobs that
        were."""
