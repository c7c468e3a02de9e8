"""How far people have read."""

from application.ports.unit_of_work import Work
from domain.errors import Forbidden
from domain.events import ReadMarkMoved
from domain.ids import RoomId
from domain.users import Actor


class Reading:
    """Read marks, one for each member: the same on all devices, and never going back."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def mark(self, actor: Actor, room_id: RoomId, seq: int) -> int:
        """What the room's log has up to ``seq`` is read; answers the mark as it stands then.

        A seq past the room's newest counts as the newest. One that is not past the mark changes nothing, and nobody is
        told.

        Raises:
            Forbidden: the actor is no member.
        """
        async with self._work() as work:
            moved = await work.read_marks.advance(room_id, actor.id, seq)
            mark = await work.read_marks.find(room_id, actor.id)
            if moved is None or mark is None:
                raise Forbidden("You are not a member of this room.")
            if moved:
                work.announce(ReadMarkMoved(room_id, actor.id, mark))
        return mark
