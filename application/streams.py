"""Following rooms: what a listener has missed, and whether it hears everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.limits import Limits
from application.membership import require_member
from application.ports.partial_answers import PartialAnswer, PartialAnswers
from application.ports.unit_of_work import Work
from domain.events import LoggedEvent
from domain.ids import RoomId
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class Catchup:
    """A stretch of a room's log.

    ``newest`` is the room's newest seq when it was read; ``resync`` where the log does not reach back as far as was
    asked for (or not yet so far), and there are no events then.
    """

    events: Sequence[LoggedEvent]
    newest: int
    resync: bool = False

    @property
    def position(self) -> int:
        """The seq up to which a listener has heard everything after these events."""
        return self.events[-1].seq if self.events else self.newest


class RoomStreams:
    """Reads the log for those who follow rooms."""

    def __init__(self, work: Work, partial_answers: PartialAnswers, limits: Limits | None = None) -> None:
        self._work = work
        self._partial_answers = partial_answers
        self._page = (limits or Limits()).replay_page

    async def join(self, actor: Actor, room_id: RoomId, since: int | None) -> Catchup:
        """The first events past ``since`` (none where it is None) for a member. Raises Forbidden."""
        async with self._work() as work:
            # In this order: who is taken out after ``newest`` was read shows as an event past it.
            newest = (await work.log.newest([room_id])).get(room_id, 0)
            await require_member(work, room_id, actor.id)
            if since is None or since == newest:
                return Catchup((), newest)
            if since > newest or since < 0 or since + 1 < await work.log.oldest(room_id):
                return Catchup((), newest, resync=True)
            events = await work.log.after(room_id, since, take=self._page)
            # Not what has come since: the member may have been taken out by then.
            return Catchup([logged for logged in events if logged.seq <= newest], newest)

    async def missing(self, room_id: RoomId, after: int) -> Sequence[LoggedEvent]:
        """The next events of a room past ``after``, for a server that has lost some."""
        async with self._work() as work:
            return await work.log.after(room_id, after, take=self._page)

    async def newest(self, room_ids: Sequence[RoomId]) -> Mapping[RoomId, int]:
        """The newest seq of each room; a room that is gone is not in the answer."""
        async with self._work() as work:
            return await work.log.newest(room_ids)

    async def unfinished_answer(self, room_id: RoomId) -> PartialAnswer | None:
        """What Jarvis has said so far of the answer he is giving in the room."""
        return await self._partial_answers.of_room(room_id)
