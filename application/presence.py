"""Who is here."""

from application.ports.clock import Clock
from application.ports.presence import PresenceBoard
from application.ports.unit_of_work import Work
from domain.users import Actor


class Presence:
    """Notes people as they come and go."""

    def __init__(self, work: Work, board: PresenceBoard, clock: Clock) -> None:
        self._work = work
        self._board = board
        self._clock = clock

    async def arrived(self, actor: Actor, connection_id: str) -> None:
        """A socket of the actor's has opened."""
        await self._board.arrive(actor.id, connection_id)

    async def departed(self, actor: Actor, connection_id: str) -> None:
        """A socket of the actor's has closed; with the last one, write down when they were last seen."""
        if await self._board.depart(actor.id, connection_id):
            async with self._work() as work:
                await work.users.seen(actor.id, self._clock.now())
