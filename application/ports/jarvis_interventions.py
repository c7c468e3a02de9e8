"""What people say while Jarvis is answering: stop, yes, no."""

from datetime import datetime
from typing import Protocol

from domain.answers import Confirmation, Leave
from domain.ids import RequestId, UserId
from domain.jarvis import JarvisRequest


class JarvisInterventions(Protocol):
    """Cancellations and confirmations."""

    async def cancel(self, public_id: str, by: UserId) -> JarvisRequest | None:
        """Mark an unfinished question of this id as cancelled: one that ``by`` has asked, else a public one of a room
        that ``by`` owns. None where there is none."""

    async def is_cancelled(self, request_id: RequestId) -> bool:
        """Whether it was."""

    async def ask_leave(self, confirmation: Confirmation) -> Confirmation:
        """Keep what is to be confirmed; where that is kept already, it comes back as it stands."""

    async def decide(self, asker_id: UserId, public_id: str, call_id: str, leave: Leave, *, at: datetime) -> bool:
        """Write down the asker's decision; False where nothing waits for it, or no longer."""

    async def leave(self, request_id: RequestId, call_id: str) -> Leave:
        """What was decided so far; REFUSED where nothing is kept."""
