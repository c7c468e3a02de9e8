"""Invitations: links by which people come into a room."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import InvitationId, RoomId, UserId
from domain.rooms import Role


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who comes by it becomes a member with this ``role``. ``most_uses`` None is as many as like to come until then.

    ``digest`` is of the secret in its link.
    """

    id: InvitationId
    digest: bytes
    room_id: RoomId
    role: Role
    created_by: UserId
    created_at: datetime
    expires_at: datetime
    most_uses: int | None = None
    uses: int = 0

    def is_good(self, now: datetime) -> bool:
        """Whether somebody may still come by it."""
        return self.expires_at > now and (self.most_uses is None or self.uses < self.most_uses)
