"""Who is typing."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from application.ports.clock import Clock
from application.publication import Publication
from domain.events import TypingChanged
from domain.ids import RoomId, UserId
from domain.users import Actor

LASTS = timedelta(seconds=6)
PAUSE = timedelta(seconds=1)

_Where = tuple[RoomId, UserId]


@dataclass(slots=True)
class _Typist:
    """``origins`` are the connections they type at; ``told`` is when the room was last told that they type."""

    told: datetime
    until: datetime
    origins: set[str]


class Typing:
    """Tells a room who is typing, which ends by itself ``lasts`` after the last sign of it.

    That somebody types is told again while they go on, though not oftener than once in ``pause``: one who begins and
    ends in quick turns is told of as typing on.
    """

    def __init__(
        self, publication: Publication, clock: Clock, *, lasts: timedelta = LASTS, pause: timedelta = PAUSE
    ) -> None:
        self._publication = publication
        self._clock = clock
        self._lasts = lasts
        self._pause = pause
        self._typists: dict[_Where, _Typist] = {}
        self._watching: asyncio.Task[None] | None = None

    def begins(self, actor: Actor, room_id: RoomId, origin: str) -> None:
        """The actor, whom the caller knows to hear the room, types at the connection ``origin``, or goes on."""
        where, now = (room_id, actor.id), self._clock.now()
        typist = self._typists.get(where)
        if typist is None:
            self._typists[where] = _Typist(now, now + self._lasts, {origin})
            self._tell(where, is_typing=True)
            self._watch()
            return
        typist.origins.add(origin)
        typist.until = now + self._lasts
        if now - typist.told >= self._pause:
            typist.told = now
            self._tell(where, is_typing=True)

    def ends(self, actor: Actor, room_id: RoomId, origin: str) -> None:
        """They have stopped there; they type on where they do so at another connection."""
        self._end((room_id, actor.id), origin)

    def gone(self, actor: Actor, origin: str) -> None:
        """The connection has closed."""
        for where in [where for where in self._typists if where[1] == actor.id]:
            self._end(where, origin, at_once=True)

    def _end(self, where: _Where, origin: str, *, at_once: bool = False) -> None:
        typist = self._typists.get(where)
        if typist is None or origin not in typist.origins:
            return
        typist.origins.discard(origin)
        if typist.origins:
            return
        # Who has only just begun is told of for as long as the pause, so that quick turns do not all go to the room.
        typist.until = min(typist.until, typist.told + self._pause)
        if at_once or typist.until <= self._clock.now():
            self._forget(where)

    def _forget(self, where: _Where) -> None:
        del self._typists[where]
        self._tell(where, is_typing=False)

    def _tell(self, where: _Where, *, is_typing: bool) -> None:
        self._publication.publish([TypingChanged(*where, is_typing)])

    def _watch(self) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._look_for_ends())

    async def _look_for_ends(self) -> None:
        while self._typists:
            await self._clock.sleep(self._pause.total_seconds() / 2)
            now = self._clock.now()
            for where in [where for where, typist in self._typists.items() if typist.until <= now]:
                self._forget(where)
