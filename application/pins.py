"""Messages that a room keeps at hand."""

from collections.abc import Sequence

from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.unit_of_work import Work
from domain.errors import TooManyPins
from domain.events import PinChanged
from domain.ids import MessageId, RoomId
from domain.messages import Message
from domain.pins import PINS_LIMIT, Pin
from domain.users import Actor


class Pins:
    """Pinning messages and unpinning them, which any member may do. Either done twice is the same as once."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def add(self, actor: Actor, room_id: RoomId, message_id: MessageId) -> Message:
        """Pin a message. One that is pinned already stays as it is.

        Raises:
            Forbidden: the actor is no member.
            NotFound: there is no such message in the room.
            AlreadyDeleted: it was deleted.
            TooManyPins: the room has as many as it may have.
        """
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            message = await work.messages.lock(room_id, message_id)
            pinned = message.pinned(Pin(self._clock.now(), actor.id))
            if pinned is not message:
                if await work.pins.count(room_id) >= PINS_LIMIT:
                    raise TooManyPins
                await work.messages.mark(pinned)
                work.record(PinChanged(room_id, message_id, pinned.pin))
        return pinned

    async def remove(self, actor: Actor, room_id: RoomId, message_id: MessageId) -> Message:
        """Unpin a message, whoever pinned it.

        Raises:
            Forbidden: the actor is no member.
            NotFound: there is no such message in the room.
        """
        async with self._work() as work:
            await require_member_and_lock(work, room_id, actor.id)
            message = await work.messages.lock(room_id, message_id)
            unpinned = message.unpinned()
            if unpinned is not message:
                await work.messages.mark(unpinned)
                work.record(PinChanged(room_id, message_id, None))
        return unpinned

    async def of_room(self, actor: Actor, room_id: RoomId) -> Sequence[Message]:
        """The pinned messages, the one pinned last first. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.pins.of_room(room_id)
