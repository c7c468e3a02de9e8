"""Tickets, as they are kept."""

from datetime import datetime
from typing import Protocol

from domain.ids import UserId
from domain.tickets import Purpose, Ticket


class TicketRepository(Protocol):
    """All tickets that are still good for something."""

    async def add(self, ticket: Ticket) -> None:
        """Keep a new ticket."""

    async def find(self, purpose: Purpose, digest: bytes, now: datetime) -> Ticket | None:
        """The ticket for this purpose, or None where there is none that is good now."""

    async def take(self, purpose: Purpose, digest: bytes, now: datetime) -> Ticket | None:
        """The same, which is used up by that: of several who take it at once one gets it."""

    async def drop(self, purpose: Purpose, user_id: UserId | None = None) -> None:
        """Make the user's tickets for this purpose worthless; all of the purpose where no user is named."""

    async def forget(self, *, expired_before: datetime) -> None:
        """Remember no more what expired before then."""
