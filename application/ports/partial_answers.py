"""What Jarvis has said so far of answers that are not finished."""

from dataclasses import dataclass
from typing import Protocol

from domain.ids import RoomId


@dataclass(frozen=True, slots=True)
class PartialAnswer:
    """The text of the pieces 0 to ``index``."""

    public_id: str
    index: int
    text: str


class PartialAnswers(Protocol):
    """One unfinished public answer a room at the most."""

    async def put(self, room_id: RoomId, answer: PartialAnswer) -> None:
        """Keep how far the answer has got."""

    async def clear(self, room_id: RoomId, public_id: str) -> None:
        """Forget it: the answer is finished, or will not be."""

    async def of_room(self, room_id: RoomId) -> PartialAnswer | None:
        """The answer that is being made in the room, or None."""
