"""Who has a socket open, on any server."""

from collections.abc import Sequence
from typing import Protocol

from domain.ids import UserId
from domain.presence import Turn


class PresenceBoard(Protocol):
    """Open connections by person. Changes of one person have numbers that grow, whichever server makes them."""

    async def arrive(self, user_id: UserId, connection_id: str) -> int | None:
        """Note a connection; the number of the change where the person has come by it, None where they were there."""

    async def depart(self, user_id: UserId, connection_id: str) -> int | None:
        """Take a connection off; the number of the change where the person has gone by it, None where they are there
        still, or had not come."""

    async def online(self, user_ids: Sequence[UserId]) -> frozenset[UserId]:
        """Those of the people who have a connection."""

    async def turns(self) -> Sequence[Turn]:
        """What has changed without a connection made or closed here, each told to one asker alone: people whose server
        is gone, and what could not be shared with other servers when it happened."""
