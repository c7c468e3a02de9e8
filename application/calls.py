"""Calls: passing on what members tell one another to set them up, and knowing who is in one."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace

from application.membership import require_member
from application.ports.call_board import CallBoard
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.unit_of_work import Work
from application.publication import Publication
from domain.call_events import CallSignalled, events_of
from domain.calls import Call, CallChange, Seat, SignalType
from domain.errors import NotFound
from domain.ids import CallId, RoomId, UserId
from domain.users import Actor

_log = logging.getLogger(__name__)

KEEP_SECONDS = 10.0

_COMING = (SignalType.OFFER, SignalType.ANSWER)


class Calls:
    """Call signalling, and the calls of rooms.

    For signals and for joining, the caller has made sure that the connection hears the room, which only members' do;
    one that hears it no more is to be ``dropped``.
    """

    def __init__(self, work: Work, board: CallBoard, publication: Publication, clock: Clock, ids: IdSource) -> None:
        self._work = work
        self._board = board
        self._publication = publication
        self._clock = clock
        self._ids = ids
        self._seated: dict[str, set[RoomId]] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    async def signal(
        self,
        actor: Actor,
        room_id: RoomId,
        signal: SignalType,
        body: Mapping[str, object],
        connection_id: str,
        to: UserId | None = None,
    ) -> None:
        """Hand ``body`` to everybody who listens to the room, or to all sockets of one member, but not back to the
        connection. An offer or an answer says that its sender is in the room's call, a hang-up that they are not.

        Raises NotFound where ``to`` is no member.
        """
        if to is not None:
            async with self._work() as work:
                if await work.members.find(room_id, to) is None:
                    raise NotFound
        self._publication.publish([CallSignalled(room_id, actor.id, signal, body, connection_id, to)])
        if signal in _COMING:
            await self._enter(actor, room_id, connection_id, signalled=True)
        elif signal is SignalType.HANGUP:
            change = await self._board.change(room_id, lambda call: call and call.hung_up(connection_id))
            self._note(change)

    async def join(self, actor: Actor, room_id: RoomId, connection_id: str) -> Call | None:
        """Take part in the room's call, which begins with the first one; answers it where the connection is in it
        already, and nothing is told therefore."""
        change = await self._enter(actor, room_id, connection_id, signalled=False)
        return None if events_of(change) else change.after

    async def leave(self, room_id: RoomId, connection_id: str) -> None:
        """Take part no more. Who is in no call stays out."""
        self._forget(connection_id, room_id)
        self._note(await self._board.change(room_id, lambda call: call and call.without(_of(connection_id))))

    async def current(self, actor: Actor, room_id: RoomId) -> Call | None:
        """The room's call, with those who are in it and still members; None where there is none. Raises Forbidden."""
        call = await self._board.find(room_id)
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            members = set() if call is None else set(await work.members.ids(room_id))
        if call is None:
            return None
        seats = tuple(seat for seat in call.seats if seat.user_id in members)
        return replace(call, seats=seats) if seats else None

    def dropped(self, connection_id: str, room_id: RoomId) -> None:
        """The connection hears the room no more: it is closed, or its user is no member, or the room is gone."""
        if room_id in self._seated.get(connection_id, ()):
            self._soon(self.leave(room_id, connection_id))

    async def settled(self) -> None:
        """Wait until everybody who was dropped is out of their calls."""
        while self._leaving:
            await asyncio.gather(*self._leaving, return_exceptions=True)

    async def keep(self) -> None:
        """Say that this server lives, and tell of those who were on one that does not."""
        for change in await self._board.keep():
            self._note(change)

    async def keep_watch(self) -> None:
        """Do so again and again until cancelled."""
        while True:
            await self._clock.sleep(KEEP_SECONDS)
            try:
                await self.keep()
            except Exception:  # noqa: BLE001 -- what went wrong once may go well the next time
                _log.exception("calls could not be looked after")

    async def _enter(self, actor: Actor, room_id: RoomId, connection_id: str, *, signalled: bool) -> CallChange:
        seat = Seat(connection_id, actor.id, self._clock.now(), signalled)
        fresh = CallId(self._ids.new())
        self._seated.setdefault(connection_id, set()).add(room_id)
        change = await self._board.change(
            room_id,
            lambda call: (
                Call(fresh, room_id, actor.id, seat.since, seats=(seat,)) if call is None else call.with_seat(seat)
            ),
        )
        self._note(change)
        return change

    def _forget(self, connection_id: str, room_id: RoomId) -> None:
        rooms = self._seated.get(connection_id, set())
        rooms.discard(room_id)
        if not rooms:
            self._seated.pop(connection_id, None)

    def _note(self, change: CallChange) -> None:
        if events := events_of(change):
            self._publication.publish(events)

    def _soon(self, action: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(action)
        self._leaving.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: "asyncio.Task[None]") -> None:
        self._leaving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("a connection could not be taken out of a call: %s", type(error).__name__)


def _of(connection_id: str) -> Callable[[Seat], bool]:
    return lambda seat: seat.connection_id == connection_id
