"""Who has a socket open, on any server."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import UserId


class PresenceBoard(Protocol):
    """Open connections by person."""

    async def arrive(self, user_id: UserId, connection_id: str) -> bool:
        """Note a connection; True where it is the person's first."""

    async def depart(self, user_id: UserId, connection_id: str) -> bool:
        """Take a connection off; True where it was the person's last."""

    async def online(self, user_ids: Sequence[UserId]) -> frozenset[UserId]:
        """Those of the people who have a connection."""
