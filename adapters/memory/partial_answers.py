"""What Jarvis has said so far of answers that are not finished."""

from application.ports.partial_answers import PartialAnswer
from domain.ids import RoomId


class InMemoryPartialAnswers:
    """Unfinished answers by room."""

    def __init__(self) -> None:
        self._answers: dict[RoomId, PartialAnswer] = {}

    async def put(self, room_id: RoomId, answer: PartialAnswer) -> None:
        self._answers[room_id] = answer

    async def clear(self, room_id: RoomId, public_id: str) -> None:
        answer = self._answers.get(room_id)
        if answer is not None and answer.public_id == public_id:
            del self._answers[room_id]

    async def of_room(self, room_id: RoomId) -> PartialAnswer | None:
        return self._answers.get(room_id)
