"""Finding decisions and tasks in what was said, once a week."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from application.jobs import completing
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.matter_finder import Finding, MatterFinder
from application.ports.summarizer import Material
from application.ports.unit_of_work import UnitOfWork, Work
from application.summaries import Summaries, said_before, through_log
from application.weekly import PAGE, have_done_in, weekly_lane
from domain.errors import Forbidden, NotFound
from domain.ids import JobId, MatterId, MessageId, RoomId, UserId
from domain.jobs import Job
from domain.matter_events import MatterAdded
from domain.matters import MATTERS_LIMIT, Matter, MatterKind, Origin, quote
from domain.weeks import due_at, due_week

KIND = "matters"
REACH = timedelta(days=28)
"""How old what was said may be for something to be found in it."""


class Gleaning:
    """Each week goes through what was said since the last time, and writes down what it finds as found."""

    def __init__(
        self,
        work: Work,
        summaries: Summaries,
        finder: MatterFinder,
        jobs: JobQueue,
        clock: Clock,
        ids: IdSource,
        zone: tzinfo,
    ) -> None:
        """``zone``: by whose clocks a week is over."""
        self._work = work
        self._summaries = summaries
        self._finder = finder
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._zone = zone

    async def renew(self) -> None:
        """Have every room looked through in which something was said since, once a week.

        That may be done again and again, and by several at once: there is one job for each room and week.
        """
        week = due_week(self._clock.now(), self._zone)
        due = due_at(week, self._zone)
        await have_done_in(
            lambda work, after: work.gleaning_places.behind(due, after=after, take=PAGE),
            lambda room_id: self._job(room_id, f"{room_id} {week.monday}"),
            self._work,
            self._jobs,
        )

    async def glean(self, job: Job) -> Mapping[str, Any]:
        """Do the job: what is found is written down once, together with how far the room was gone through.

        Raises ModelFailed.
        """
        room_id = job.room_id
        if room_id is None:
            raise Forbidden
        began = self._clock.now()
        async with self._work() as work:
            place = await work.gleaning_places.place(room_id)
            newest = (await work.log.newest([room_id])).get(room_id, 0)
            title = await work.titles.of(room_id)
        oldest = job.created_at - REACH
        said = said_before(
            self._work,
            room_id,
            lambda message: message.seq > place and message.created_at >= oldest,
            skips=lambda message: message.seq > newest,
            how_far=through_log(place, newest),
        )
        today = self._clock.now().astimezone(self._zone).date()
        found: dict[tuple[MatterKind, MessageId], Finding] = {}
        async for part in self._summaries.parts(said):
            await self._look_through(Material(title, said=part), today, found)
        result = {"found": 0}
        async with completing(self._work, job, self._clock, result) as work:
            await work.rooms.lock(room_id)
            for (_, source_id), finding in sorted(found.items(), key=lambda item: (item[1].ref, item[0][0].value)):
                result["found"] += await self._write_down(work, room_id, source_id, finding, began)
            await work.gleaning_places.move(room_id, newest)
        return result

    async def _look_through(
        self, material: Material, today: date, found: dict[tuple[MatterKind, MessageId], Finding]
    ) -> None:
        ids = {one.ref: one.message_id for one in material.said}
        for finding in await self._finder.found(material, today):
            message_id = ids.get(finding.ref)
            if message_id is not None:
                found.setdefault((finding.kind, message_id), finding)

    async def _write_down(
        self, work: UnitOfWork, room_id: RoomId, source_id: MessageId, finding: Finding, began: datetime
    ) -> bool:
        """Whether it is new: a message whose text is gone meanwhile says nothing, nor is anything found twice."""
        try:
            source = await work.messages.get(room_id, source_id)
        except NotFound:
            return False
        known = await work.matters.from_messages(room_id, [source_id])
        if source.deleted_at is not None or any(matter.kind is finding.kind for matter in known):
            return False
        if await work.matters.count(room_id, finding.kind) >= MATTERS_LIMIT:
            return False
        edited = source.edited_at is not None and source.edited_at >= began
        now = self._clock.now()
        matter = Matter(
            id=MatterId(self._ids.new()),
            room_id=room_id,
            kind=finding.kind,
            title=quote(source.content) if edited else finding.title,
            state=finding.state,
            origin=Origin.FOUND,
            created_at=now,
            updated_at=now,
            owner_id=await _member_called(work, room_id, finding.owner),
            due=finding.due,
            source_id=source_id,
            quoted=True,
        )
        await work.matters.add(matter)
        work.record(MatterAdded(room_id, matter))
        return True

    def _job(self, room_id: RoomId, key: str) -> Job:
        return Job(
            id=JobId(self._ids.new()),
            kind=KIND,
            lane=weekly_lane(room_id),
            payload={},
            created_at=self._clock.now(),
            key=key,
            room_id=room_id,
        )


async def _member_called(work: UnitOfWork, room_id: RoomId, name: str | None) -> UserId | None:
    """The member of this name, where there is just one."""
    if name is None or not name.strip():
        return None
    wanted = name.strip().removeprefix("@").casefold()
    called = [user.id for _, user in await work.members.profiles(room_id) if user.name.casefold() == wanted]
    return called[0] if len(called) == 1 else None
