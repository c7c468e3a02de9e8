"""Minutes of a room's talk, posted where others read them."""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from application.jarvis.usage import Quotas
from application.jobs import completing
from application.membership import require_member
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import UnitOfWork, Work
from application.posting import Post, post
from application.progress import reached
from application.summaries import Summaries, said_before, through_time
from domain.errors import Forbidden, NotFound
from domain.ids import JobId, MessageId, RoomId, UserId
from domain.jobs import Job, job_lane
from domain.meeting_errors import ForbiddenSource, ForbiddenTarget, SourceAndTargetSame, SourceRoomRequired
from domain.meetings import WINDOW, Occasion, Summary, minutes_text
from domain.users import Actor

KIND = "minutes"
LONGEST_DAYS = 31


class Minutes:
    """Having the talk of one room summarised for another, or for whoever asks."""

    def __init__(
        self,
        work: Work,
        summaries: Summaries,
        jobs: JobQueue,
        clock: Clock,
        ids: IdSource,
        zone: tzinfo,
        quotas: Quotas,
    ) -> None:
        """``zone``: of the times that minutes speak of."""
        self._work = work
        self._summaries = summaries
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._zone = zone
        self._quotas = quotas

    async def import_summary(self, actor: Actor, target: RoomId, source: RoomId | None) -> JobId:
        """Have a worker post what was said in the source room in the last 7 days in the target room; answers its job.

        Raises:
            SourceRoomRequired, SourceAndTargetSame: there is no room to take it from, or it is the same.
            ForbiddenTarget, ForbiddenSource: the actor is no member of both rooms.
            AiQuotaExceeded: the actor has asked as much as one may in a day.
        """
        if source is None:
            raise SourceRoomRequired
        if source == target:
            raise SourceAndTargetSame
        job = Job(
            id=JobId(self._ids.new()),
            kind=KIND,
            lane=job_lane(KIND, target),
            payload={"source": str(source)},
            created_at=self._clock.now(),
            room_id=target,
            asker_id=actor.id,
        )
        async with self._work() as work:
            await self._quotas.take_in(work, actor)
            await _require_both(work, actor.id, target, source)
            await _hold(work, target)
            await work.jobs.add(job)
        self._jobs.ring(job.lane)
        return job.id

    async def summary(self, actor: Actor, room_id: RoomId, days: int = WINDOW.days) -> Summary:
        """What was said in the room in the last 1 to 31 days. Raises Forbidden and ModelFailed."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            title = await work.titles.of(room_id, actor.id)
        now = self._clock.now()
        return await self._of_room(room_id, title, now - timedelta(days=min(max(days, 1), LONGEST_DAYS)), now)

    async def write(self, job: Job) -> Mapping[str, Any]:
        """Do the job: the minutes are posted once, and only if the asker is still in both rooms.

        Raises ForbiddenTarget, ForbiddenSource, ModelFailed.
        """
        source, until = RoomId(UUID(job.payload["source"])), job.created_at
        target, asker_id = job.room_id, job.asker_id
        if target is None or asker_id is None:
            raise ForbiddenTarget
        async with self._work() as work:
            await _require_both(work, asker_id, target, source)
            title = await work.titles.of(source, asker_id)
            asker = await work.users.find(asker_id)
        summary = await self._of_room(source, title, until - WINDOW, until)
        reached(1)
        occasion = Occasion(
            title, self._local(until - WINDOW), self._local(until), asker.name if asker is not None else "?"
        )
        message_id = MessageId(self._ids.new())
        result = {"messageId": str(message_id)}
        async with completing(self._work, job, self._clock, result) as work:
            room = await work.rooms.lock(target)
            await _require_both(work, asker_id, target, source)
            await post(work, room, Post(message_id, minutes_text(summary, occasion), self._clock.now()))
        return result

    async def _of_room(self, room_id: RoomId, title: str, since: datetime, until: datetime) -> Summary:
        said = said_before(
            self._work,
            room_id,
            lambda message: message.created_at >= since,
            skips=lambda message: message.created_at > until,
            how_far=await through_time(self._work, room_id, since, until),
        )
        return await self._summaries.of(title, said)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)


async def _hold(work: UnitOfWork, target: RoomId) -> None:
    try:
        await work.rooms.lock(target)
    except NotFound:
        raise ForbiddenTarget from None


async def _require_both(work: UnitOfWork, user_id: UserId, target: RoomId, source: RoomId) -> None:
    for room_id, refusal in ((target, ForbiddenTarget), (source, ForbiddenSource)):
        try:
            await require_member(work, room_id, user_id)
        except Forbidden:
            raise refusal from None
