"""Who is here, and telling those who share a room with them."""

from collections.abc import Sequence
from datetime import datetime

from application.ports.clock import Clock
from application.ports.presence import PresenceBoard
from application.ports.unit_of_work import Work
from application.publication import Publication
from domain.errors import DomainError
from domain.events import PresenceChanged
from domain.ids import UserId
from domain.presence import Turn
from domain.users import Actor


class Presence:
    """Notes people as they come and go, and tells everybody online who shares a room with them.

    A change costs one look at who shares a room, one at who of them is online, and one notice for each of those. What
    cannot be told because the store is away waits for ``look_around``.
    """

    def __init__(self, work: Work, board: PresenceBoard, publication: Publication, clock: Clock) -> None:
        self._work = work
        self._board = board
        self._publication = publication
        self._clock = clock
        self._untold: list[Turn] = []

    async def arrived(self, actor: Actor, connection_id: str) -> None:
        """A socket of the actor's has opened."""
        number = await self._board.arrive(actor.id, connection_id)
        if number is not None:
            await self._tell_or_keep(Turn(actor.id, True, number, self._clock.now()))

    async def departed(self, actor: Actor, connection_id: str) -> None:
        """A socket of the actor's has closed; with the last one they are gone."""
        number = await self._board.depart(actor.id, connection_id)
        if number is not None:
            await self._tell_or_keep(Turn(actor.id, False, number, self._clock.now()))

    async def moved_on(self, actor: Actor) -> None:
        """A socket of the actor's was closed since this server stops: they come back at another one, or go in a while,
        which another server will notice. Raises Unavailable."""
        async with self._work() as work:
            await work.users.seen(actor.id, self._clock.now())

    async def look_around(self) -> None:
        """Tell what has changed without a socket of this server, and what could not be told before."""
        turns, self._untold = [*self._untold, *await self._board.turns()], []
        for turn in turns:
            await self._tell_or_keep(turn)

    async def keep_watch(self, seconds: float) -> None:
        """Look around again and again, until cancelled."""
        while True:
            await self._clock.sleep(seconds)
            await self.look_around()

    async def _tell_or_keep(self, turn: Turn) -> None:
        try:
            companions, last_seen_at = await self._know(turn)
        except DomainError:
            self._untold.append(turn)
            return
        told = await self._board.online(companions)
        if told:
            change = PresenceChanged(tuple(told), turn.user_id, turn.is_online, last_seen_at, turn.number)
            self._publication.publish([change])

    async def _know(self, turn: Turn) -> tuple[Sequence[UserId], datetime | None]:
        """Who shares a room with the person, and when they were last seen, written down where they have gone."""
        async with self._work() as work:
            if not turn.is_online:
                await work.users.seen(turn.user_id, turn.at)
            user = await work.users.find(turn.user_id)
            return await work.members.companions(turn.user_id), user.last_seen_at if user else None
