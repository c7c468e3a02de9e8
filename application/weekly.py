"""What is made once a week for the rooms in which something happened, whoever makes it."""

from collections.abc import Awaitable, Callable, Sequence

from application.ports.jobs import JobQueue
from application.ports.unit_of_work import UnitOfWork, Work
from domain.ids import RoomId
from domain.jobs import Job, job_lane

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
