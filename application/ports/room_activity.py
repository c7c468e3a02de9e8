"""In which rooms something happens."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.ids import MessageId, RoomId


class RoomActivity(Protocol):
    """What is asked of many rooms or messages at once."""

    async def spoken_in(
        self, since: datetime, *, kind: str, ending: str, after: RoomId | None, take: int
    ) -> Sequence[RoomId]:
        """The first ``take`` rooms past ``after``, by id, in which something was said at ``since`` or later, and for
        which there is no job of this kind whose key is the room's id with this ending."""

    async def place(self, room_id: RoomId, at: datetime) -> int:
        """The seq of the newest message of the room that was said before this time; 0 where there is none."""

    async def standing(self, room_ids: Collection[RoomId], message_ids: Collection[MessageId]) -> frozenset[MessageId]:
        """Those of the messages that are in one of the rooms and were not deleted."""
