"""Who has a socket open on the one server there is."""

from collections.abc import Sequence
from itertools import count

from domain.ids import UserId
from domain.presence import Turn


class InMemoryPresenceBoard:
    """Connections by person."""

    def __init__(self) -> None:
        self._connections: dict[UserId, set[str]] = {}
        self._numbers = count(1)

    async def arrive(self, user_id: UserId, connection_id: str) -> int | None:
        connections = self._connections.setdefault(user_id, set())
        connections.add(connection_id)
        return next(self._numbers) if len(connections) == 1 else None

    async def depart(self, user_id: UserId, connection_id: str) -> int | None:
        connections = self._connections.get(user_id, set())
        if connection_id not in connections:
            return None
        connections.discard(connection_id)
        if connections:
            return None
        del self._connections[user_id]
        return next(self._numbers)

    async def online(self, user_ids: Sequence[UserId]) -> frozenset[UserId]:
        return frozenset(user_id for user_id in user_ids if user_id in self._connections)

    async def turns(self) -> Sequence[Turn]:
        return ()
