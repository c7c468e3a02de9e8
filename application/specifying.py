"""The specification that follows from what a room knows."""

from application.membership import require_member
from application.ports.matters import Choice
from application.ports.unit_of_work import Work
from application.room_knowledge import ideas_of, owners_of
from domain.errors import NotFound
from domain.ids import RoomId
from domain.matters import MATTERS_LIMIT
from domain.specification import specification
from domain.specification_documents import Packet
from domain.users import Actor


class Specifying:
    """Puts a room's report, cards, decisions and tasks in the order of a specification, as they stand now."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def packet(self, actor: Actor, room_id: RoomId) -> Packet:
        """The packet of the room. Raises Forbidden, and NotFound where there is no report yet."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            report = await work.pulse_reports.current(room_id)
            if report is None:
                raise NotFound("There is no report of this room yet.")
            title = await work.titles.of(room_id, actor.id)
            matters = await work.matters.of_room(room_id, Choice(), take=2 * MATTERS_LIMIT)
            ideas = await ideas_of(work, room_id)
            names = await owners_of(work, matters)
        return Packet(specification(title, report, ideas, matters), report, ideas, matters, names)
