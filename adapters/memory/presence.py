"""Who has a socket open on the one server there is."""

from collections.abc import Sequence

from domain.ids import UserId


class InMemoryPresenceBoard:
    """Connections by person."""

    def __init__(self) -> None:
        self._connections: dict[UserId, set[str]] = {}

    async def arrive(self, user_id: UserId, connection_id: str) -> bool:
        connections = self._connections.setdefault(user_id, set())
        connections.add(connection_id)
        return len(connections) == 1

    async def depart(self, user_id: UserId, connection_id: str) -> bool:
        connections = self._connections.get(user_id, set())
        if connection_id not in connections:
            return False
        connections.discard(connection_id)
        if connections:
            return False
        del self._connections[user_id]
        return True

    async def online(self, user_ids: Sequence[UserId]) -> frozenset[UserId]:
        return frozenset(user_id for user_id in user_ids if user_id in self._connections)
