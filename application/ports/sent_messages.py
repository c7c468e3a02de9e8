"""What was sent before."""

from typing import NamedTuple, Protocol

from domain.ids import MessageId, RoomId, UserId


class Sent(NamedTuple):
    """The first send with a client's id, and the fingerprint of what it sent."""

    message_id: MessageId
    seq: int
    fingerprint: bytes


class SentMessages(Protocol):
    """Sends by the ids that clients gave them."""

    async def find(self, room_id: RoomId, sender_id: UserId, client_temp_id: str) -> Sent | None:
        """The first send of a person in a room with this id, or None."""
