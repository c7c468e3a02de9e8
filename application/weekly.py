"""What is made once a week for every room in which something was said, whoever makes it."""

from datetime import tzinfo

from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import Work
from domain.ids import JobId, RoomId
from domain.jobs import Job, job_lane
from domain.weeks import Week, due_week

PAGE = 200


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
        last: RoomId | None = None
        while rooms := await self._some(week, last):
            last = rooms[-1]
        self._done = week

    async def _some(self, week: Week, last: RoomId | None) -> list[RoomId]:
        lanes = []
        async with self._work() as work:
            rooms = await work.activity.spoken_in(week.since, after=last, take=PAGE)
            for room_id in rooms:
                job = self._job(room_id, week)
                if await work.jobs.add(job):
                    lanes.append(job.lane)
        for lane in lanes:
            self._jobs.ring(lane)
        return list(rooms)

    def _job(self, room_id: RoomId, week: Week) -> Job:
        return Job(
            id=JobId(self._ids.new()),
            kind=self._kind,
            lane=job_lane(self._kind, room_id),
            payload={"week": week.monday.isoformat()},
            created_at=self._clock.now(),
            key=f"{room_id}:{week.monday}",
            room_id=room_id,
        )
