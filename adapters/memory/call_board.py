"""Who is in the calls of rooms, on the one server there is."""

from collections.abc import Callable, Sequence

from domain.calls import Call, CallChange
from domain.ids import RoomId


class InMemoryCallBoard:
    """Calls by room."""

    def __init__(self) -> None:
        self._calls: dict[RoomId, Call] = {}

    async def change(self, room_id: RoomId, change: Callable[[Call | None], Call | None]) -> CallChange:
        before = self._calls.get(room_id)
        after = change(before)
        if after is not None:
            self._calls[room_id] = after
        elif before is not None:
            del self._calls[room_id]
        return CallChange(before, after)

    async def find(self, room_id: RoomId) -> Call | None:
        return self._calls.get(room_id)

    async def keep(self) -> Sequence[CallChange]:
        return []
