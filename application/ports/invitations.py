"""Invitations, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import InvitationId, RoomId
from domain.invitations import Invitation


class InvitationRepository(Protocol):
    """All invitations."""

    async def add(self, invitation: Invitation) -> None:
        """Keep a new invitation."""

    async def find(self, digest: bytes) -> Invitation | None:
        """The invitation whose secret has this digest, or None; it may not be good any more."""

    async def of_room(self, room_id: RoomId, now: datetime) -> Sequence[Invitation]:
        """The room's invitations that are good, the newest first."""

    async def use(self, invitation_id: InvitationId, now: datetime) -> bool:
        """Count one more use; False, and nothing changes, where it is not good any more."""

    async def remove(self, room_id: RoomId, invitation_id: InvitationId) -> bool:
        """Withdraw an invitation to this room; False where there is none."""

    async def forget(self, *, expired_before: datetime) -> None:
        """Remember no more what expired before then."""
