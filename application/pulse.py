"""Pulse reports: having them made of what a room knows, and reading them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from application.jarvis.usage import Quotas
from application.jobs import completing
from application.membership import require_member, require_member_and_lock
from application.ports.chat_model import Said
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.pulse_writer import PulseWriter
from application.ports.unit_of_work import UnitOfWork, Work
from application.progress import reached, taken
from application.room_knowledge import Known, known_of
from application.summaries import Summaries, said_before, through_log
from application.weekly import PAGE, have_done_in, weekly_lane
from domain.errors import Forbidden, ModelAnsweredBadly, ModelFailed, NotFound, OpenAiNotConfigured
from domain.events import PulseRenewed
from domain.ids import JobId, PulseReportId, RoomId, UserId
from domain.jobs import ATTEMPTS, Job, JobStatus, job_lane
from domain.pulse import MOST_MESSAGES, REPORTS_KEPT, Coverage, PulseReport, nothing_said
from domain.pulse_errors import PulseFailed, PulseUnreadable
from domain.users import Actor
from domain.weeks import due_at, due_week

KIND = "pulse"


class Pulse:
    """A room's report: any member has it made anew and reads it; each week it is renewed where the room has changed."""

    def __init__(
        self,
        work: Work,
        summaries: Summaries,
        writer: PulseWriter,
        jobs: JobQueue,
        clock: Clock,
        ids: IdSource,
        zone: tzinfo,
        quotas: Quotas,
    ) -> None:
        """``zone``: by whose clocks a week is over."""
        self._work = work
        self._summaries = summaries
        self._writer = writer
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._zone = zone
        self._quotas = quotas

    async def ask(self, actor: Actor, room_id: RoomId) -> JobId:
        """Have a worker make the report anew; who asks waits for it, so it is tried once.

        Raises Forbidden and AiQuotaExceeded.
        """
        job = self._job(room_id, asker_id=actor.id, attempts=1)
        async with self._work() as work:
            await self._quotas.take_in(work, actor)
            await require_member_and_lock(work, room_id, actor.id)
            await work.jobs.add(job)
        self._jobs.ring(job.lane)
        return job.id

    async def current(self, actor: Actor, room_id: RoomId) -> PulseReport:
        """The room's report. Raises Forbidden, and NotFound where there is none yet."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            report = await work.pulse_reports.current(room_id)
        if report is None:
            raise NotFound("There is no report of this room yet.")
        return report

    async def find(self, actor: Actor, room_id: RoomId, report_id: PulseReportId) -> PulseReport:
        """A report of the room, an old one perhaps. Raises Forbidden and NotFound."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            report = await work.pulse_reports.find(room_id, report_id)
        if report is None:
            raise NotFound
        return report

    async def history(self, actor: Actor, room_id: RoomId, *, take: int = REPORTS_KEPT) -> Sequence[PulseReport]:
        """The reports that are kept, the newest first; that is the current one. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            return await work.pulse_reports.of_room(room_id, take=min(max(take, 1), REPORTS_KEPT))

    async def made(self, actor: Actor, job: Job) -> PulseReport | None:
        """What a job has made; None where it is not done yet.

        Raises:
            PulseFailed, PulseUnreadable, OpenAiNotConfigured, Forbidden: what it failed of.
        """
        if job.status is JobStatus.FAILED:
            refusals = {error.code: error for error in (Forbidden, OpenAiNotConfigured, PulseUnreadable)}
            raise refusals.get(job.failure or "", PulseFailed)
        if job.status is not JobStatus.DONE or job.result is None or job.room_id is None:
            return None
        return await self.find(actor, job.room_id, PulseReportId(UUID(job.result["reportId"])))

    async def renew(self) -> None:
        """Have the report of every room made anew where something that it is made of has changed since, once a week.

        What is found in the week is to be asked for before this: then it is in the report. That may be done again and
        again, and by several at once: there is one job for each room and week.
        """
        week = due_week(self._clock.now(), self._zone)
        due = due_at(week, self._zone)
        await have_done_in(
            lambda work, after: work.pulse_reports.outdated(due, after=after, take=PAGE),
            lambda room_id: self._job(room_id, key=f"{room_id} {week.monday}"),
            self._work,
            self._jobs,
        )

    async def make(self, job: Job) -> Mapping[str, Any]:
        """Do the job: the report is kept once; where it fails, the old one stays.

        Raises:
            Forbidden: who asked for it is in the room no more.
            PulseFailed, PulseUnreadable, OpenAiNotConfigured: it could not be made for who asked for it.
            ModelFailed: it could not be made for the week; it may be tried again.
        """
        room_id, asker_id = job.room_id, job.asker_id
        if room_id is None:
            raise Forbidden
        async with self._work() as work:
            if asker_id is not None:
                await require_member(work, room_id, asker_id)
            title = await work.titles.of(room_id, asker_id)
            until = (await work.log.newest([room_id])).get(room_id, 0)
            known = await known_of(work, room_id)
        talk = _Talk(self._work, room_id, known, until)
        try:
            material = await self._summaries.fitting(title, talk.newest_first())
            draft = nothing_said(title) if material is None else await self._writer.report(material)
            reached(1)
        except ModelFailed as error:
            if asker_id is None:
                raise
            raise (PulseUnreadable if isinstance(error, ModelAnsweredBadly) else PulseFailed) from None
        now = self._clock.now()
        report = PulseReport(PulseReportId(self._ids.new()), room_id, now, until, draft, talk.coverage)
        result = {"reportId": str(report.id)}
        async with completing(self._work, job, self._clock, result) as work:
            await self._keep(work, report, asker_id)
        return result

    async def _keep(self, work: UnitOfWork, report: PulseReport, asker_id: UserId | None) -> None:
        if asker_id is None:
            await work.rooms.lock(report.room_id)
        else:
            await require_member_and_lock(work, report.room_id, asker_id)
        await work.pulse_reports.add(report, keep=REPORTS_KEPT)
        work.announce(PulseRenewed(report.room_id, report.id, report.generated_at))

    def _job(
        self, room_id: RoomId, *, asker_id: UserId | None = None, key: str | None = None, attempts: int = ATTEMPTS
    ) -> Job:
        return Job(
            id=JobId(self._ids.new()),
            kind=KIND,
            lane=weekly_lane(room_id) if asker_id is None else job_lane(KIND, room_id),
            payload={},
            created_at=self._clock.now(),
            key=key,
            room_id=room_id,
            asker_id=asker_id,
            attempts_allowed=attempts,
        )


class _Talk:
    """What a room knows and what was said there, as far as it has been read."""

    def __init__(self, work: Work, room_id: RoomId, known: Known, until: int) -> None:
        self._known = known.told
        self._said = said_before(work, room_id, lambda _: True, skips=lambda _: False, how_far=through_log(0, until))
        self._messages = 0
        self._since: datetime | None = None
        self._complete = known.complete

    @property
    def coverage(self) -> Coverage:
        return Coverage(self._messages, self._since, self._complete)

    async def newest_first(self) -> AsyncIterator[Said]:
        for one in self._known:
            yield one
        async for said in self._said:
            if self._messages == MOST_MESSAGES:
                self._complete = False
                taken(1)
                return
            self._messages, self._since = self._messages + 1, said.at
            yield said
