"""Tickets."""

from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.ids import UserId
from domain.tickets import Purpose, Ticket


class InMemoryTicketRepository:
    """Tickets by the digests of their secrets."""

    def __init__(self, store: InMemoryStore) -> None:
        self._tickets = store.tickets

    async def add(self, ticket: Ticket) -> None:
        self._tickets.put(ticket.digest, ticket)

    async def find(self, purpose: Purpose, digest: bytes, now: datetime) -> Ticket | None:
        ticket = self._tickets.get(digest)
        return ticket if ticket is not None and ticket.purpose is purpose and ticket.expires_at > now else None

    async def take(self, purpose: Purpose, digest: bytes, now: datetime) -> Ticket | None:
        ticket = await self.find(purpose, digest, now)
        if ticket is not None:
            self._tickets.remove(digest)
        return ticket

    async def drop(self, purpose: Purpose, user_id: UserId | None = None) -> None:
        dropped = [
            ticket.digest
            for ticket in self._tickets.values()
            if ticket.purpose is purpose and (user_id is None or ticket.user_id == user_id)
        ]
        self._tickets.remove(*dropped)

    async def forget(self, *, expired_before: datetime) -> None:
        self._tickets.remove(*[t.digest for t in self._tickets.values() if t.expires_at < expired_before])
