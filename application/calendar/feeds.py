"""Calendars under a secret address, for programs that know no other way to ask."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from application.ports.calendar_files import CalendarFiles
from application.ports.clock import Clock
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import Work
from domain.calendar import CalendarEvent
from domain.errors import NotFound
from domain.users import Actor

LONGEST_SECRET = 200


class CalendarFeeds:
    """A feed is found by the digest of its secret, which alone is kept: who reads the store cannot read feeds, and how
    long a wrong secret takes to be refused tells nothing of a right one."""

    def __init__(self, work: Work, files: CalendarFiles, secrets: SecretSource, clock: Clock) -> None:
        self._work = work
        self._files = files
        self._secrets = secrets
        self._clock = clock

    async def open(self, actor: Actor) -> str:
        """A new secret for the actor's feed; the one before is good no more."""
        secret = self._secrets.new()
        async with self._work() as work:
            await work.calendar_feeds.put(actor.id, _digest(secret), self._clock.now())
        return secret

    async def opened_at(self, actor: Actor) -> datetime | None:
        """Since when the feed has its secret; None where there is no feed."""
        async with self._work() as work:
            return await work.calendar_feeds.opened_at(actor.id)

    async def close(self, actor: Actor) -> None:
        """Have no feed any more."""
        async with self._work() as work:
            await work.calendar_feeds.remove(actor.id)

    async def read(self, secret: str) -> bytes:
        """The calendar of whose feed has this secret, as a file. Raises NotFound, also while the account is disabled."""
        if len(secret) > LONGEST_SECRET or not secret.isascii():
            raise NotFound
        async with self._work() as work:
            user_id = await work.calendar_feeds.owner(_digest(secret))
            user = None if user_id is None else await work.users.find(user_id)
            if user is None or user.disabled_at is not None:
                raise NotFound
            events = await work.calendar.of_user(user.id)
        return await asyncio.to_thread(self._write, user.name, events)

    def _write(self, name: str, events: Sequence[CalendarEvent]) -> bytes:
        return self._files.write(f"Jarvis · {name}", events)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
