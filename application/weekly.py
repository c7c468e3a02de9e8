"""What is made once a week for the rooms in which something happened, whoever makes it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import tzinfo

from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import UnitOfWork, Work
from domain.ids import JobId, RoomId
from domain.jobs import Job, job_lane
from domain.weeks import Week, due_week

PAGE = 200

Rooms = Callable[[UnitOfWork, RoomId | None], Awaitable[Sequence[RoomId]]]
"""The first ``PAGE`` rooms past one, by their ids."""


def weekly_lane(room_id: RoomId) -> str:
    """Where all that is made for a room's week is made, one after the other, in the order in which it was asked for."""
    return job_lane("weekly", room_id)


async def have_done_in(rooms: Rooms, job_for: Callable[[RoomId], Job], work: Work, queue: JobQueue) -> None:
    """Add the job for each of the rooms, where there is none of its key yet."""
    after: RoomId | None = None
    while True:
        async with work() as unit:
            found = await rooms(unit, after)
            added = [job for job in map(job_for, found) if await unit.jobs.add(job)]
        for job in added:
            queue.ring(job.lane)
        if len(found) < PAGE:
            return
        after = found[-1]


class WeeklyRound:
    """Has a job of one kind done for each of those rooms, once the week is due: on Mondays at 09:00.

    The jobs are named after room and week, so however many schedulers go round, and however often they are restarted,
    each is done once. A scheduler that was away on Monday goes round when it is back, for the newest week that is due.
    """

    def __init__(self, kind: str, work: Work, jobs: JobQueue, clock: Clock, ids: IdSource, zone: tzinfo) -> None:
        """``kind`` of the jobs, whose payload is ``{"week": <its Monday>}``; ``zone`` of the clock on the wall."""
        self._kind = kind
        self._work = work
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._zone = zone
        self._done: Week | None = None

    async def go(self) -> None:
        """Make the jobs of the newest week that is due, unless that was done."""
        week = due_week(self._clock.now(), self._zone)
        if week == self._done:
            return
        await have_done_in(
            lambda work, after: work.activity.spoken_in(week.since, after=after, take=PAGE),
            lambda room_id: self._job(room_id, week),
            self._work,
            self._jobs,
        )
        self._done = week

    def _job(self, room_id: RoomId, week: Week) -> Job:
        return Job(
            id=JobId(self._ids.new()),
            kind=self._kind,
            lane=weekly_lane(room_id),
            payload={"week": week.monday.isoformat()},
            created_at=self._clock.now(),
            key=f"{room_id}:{week.monday}",
            room_id=room_id,
        )
