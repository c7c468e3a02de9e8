"""Invitations."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import InvitationId, RoomId
from domain.invitations import Invitation


class InMemoryInvitationRepository:
    """Invitations by id."""

    def __init__(self, store: InMemoryStore) -> None:
        self._invitations = store.invitations

    async def add(self, invitation: Invitation) -> None:
        self._invitations.put(invitation.id, invitation)

    async def find(self, digest: bytes) -> Invitation | None:
        return next((found for found in self._invitations.values() if found.digest == digest), None)

    async def of_room(self, room_id: RoomId, now: datetime) -> Sequence[Invitation]:
        found = [i for i in self._invitations.values() if i.room_id == room_id and i.is_good(now)]
        return sorted(found, key=lambda invitation: (invitation.created_at, invitation.id), reverse=True)

    async def use(self, invitation_id: InvitationId, now: datetime) -> bool:
        invitation = self._invitations.get(invitation_id)
        if invitation is None or not invitation.is_good(now):
            return False
        self._invitations.put(invitation_id, replace(invitation, uses=invitation.uses + 1))
        return True

    async def remove(self, room_id: RoomId, invitation_id: InvitationId) -> bool:
        invitation = self._invitations.get(invitation_id)
        if invitation is None or invitation.room_id != room_id:
            return False
        self._invitations.remove(invitation_id)
        return True

    async def forget(self, *, expired_before: datetime) -> None:
        self._invitations.remove(*[i.id for i in self._invitations.values() if i.expires_at < expired_before])

    def forget_room(self, room_id: RoomId) -> None:
        """The room is gone, and with it the ways into it."""
        self._invitations.remove(*[i.id for i in self._invitations.values() if i.room_id == room_id])
