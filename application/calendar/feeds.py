"""Calendars under a secret address, for programs that know no other way to ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from application.calendar.turns import Turns
from application.ports.calendar_files import CalendarFiles
from application.ports.clock import Clock
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import Work
from domain.calendar import CalendarEvent
from domain.errors import NotFound
from domain.tickets import digest_of
from domain.users import Actor

LONGEST_SECRET = 200


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as other programs read it. ``version`` is another one whenever the file is."""

    version: str
    file: bytes | None = None


class CalendarFeeds:
    """A feed is found by the digest of its secret, which alone is kept: who reads the store cannot read feeds, and how
    long a wrong secret takes to be refused tells nothing of a right one."""

    def __init__(self, work: Work, files: CalendarFiles, secrets: SecretSource, clock: Clock) -> None:
        self._work = work
        self._files = files
        self._secrets = secrets
        self._clock = clock
        self._turns = Turns()

    async def open(self, actor: Actor) -> str:
        """A new secret for the actor's feed; the one before is good no more."""
        secret = self._secrets.new()
        async with self._work() as work:
            await work.calendar_feeds.put(actor.id, digest_of(secret), self._clock.now())
        return secret

    async def opened_at(self, actor: Actor) -> datetime | None:
        """Since when the feed has its secret; None where there is no feed."""
        async with self._work() as work:
            return await work.calendar_feeds.opened_at(actor.id)

    async def close(self, actor: Actor) -> None:
        """Have no feed any more."""
        async with self._work() as work:
            await work.calendar_feeds.remove(actor.id)

    async def read(self, secret: str, known: Collection[str] = ()) -> Feed:
        """The calendar of whose feed has this secret; its file is left out where its version is ``known``. Raises
        NotFound, also while the account is disabled."""
        if len(secret) > LONGEST_SECRET or not secret.isascii():
            raise NotFound
        async with self._work() as work:
            user_id = await work.calendar_feeds.owner(digest_of(secret))
            user = None if user_id is None else await work.users.find(user_id)
            if user is None or user.disabled_at is not None:
                raise NotFound
            events = await work.calendar.of_user(user.id)
        name = f"Jarvis · {user.name}"
        version = _version(self._files.form, name, events)
        if version in known:
            return Feed(version)
        async with self._turns.of(user.id):
            return Feed(version, await self._files.write(name, events))


def _version(form: int, name: str, events: Sequence[CalendarEvent]) -> str:
    digest = sha256(f"{form} {name}".encode())
    for event in events:
        digest.update(f"\n{event.id} {event.revision} {event.updated_at.timestamp()}".encode())
    return digest.hexdigest()[:32]
