"""Jobs: having things done by workers, once each, and following how they go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from application.leases import keeping
from application.limits import AnswerPace
from application.metering import metered
from application.ports.clock import Clock
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import UnitOfWork, Work
from application.progress import telling
from application.publication import Publication
from domain.answers import Usage
from domain.errors import DomainError, Kind, NotFound, Unavailable
from domain.events import JobChanged
from domain.ids import JobId, UserId
from domain.jobs import Job, JobStatus
from domain.users import Actor

ABANDONED = "ABANDONED"
"""What a job failed of whose workers all died or stood still."""

KEPT_FOR = timedelta(days=30)
"""How long a job that is done can still be looked up."""

COUNTED_FOR = timedelta(days=2)
"""How long what was asked of the model can count against a day of anybody's."""

_LOOK_EVERY = 0.2

JobHandler = Callable[[Job], Awaitable[Mapping[str, Any] | None]]
"""Does a job of one kind, and answers its result. It ends the job itself, by ``completing``, where what it changes must
be changed once: a job that is done twice must not do its work twice."""


class JobSuperseded(Exception):
    """Another attempt has taken this job over, or it is finished: what was about to be kept is dropped."""


@asynccontextmanager
async def completing(
    work: Work, job: Job, clock: Clock, result: Mapping[str, Any] | None = None
) -> AsyncIterator[UnitOfWork]:
    """A unit of work that is kept only together with the end of this attempt of the job: all of it once, or nothing.

    Raises JobSuperseded at its end where the attempt is not the job's newest, or the job was cancelled.
    """
    async with work() as unit:
        yield unit
        if not await unit.jobs.finish(job.id, job.attempt, JobStatus.DONE, at=clock.now(), result=result):
            raise JobSuperseded


class Jobs:
    """Following jobs that one has asked for."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    async def find(self, actor: Actor, job_id: JobId) -> Job:
        """The actor's job. Raises NotFound, also where it is somebody else's."""
        async with self._work() as work:
            job = await work.jobs.find(job_id)
        if job is None or job.asker_id != actor.id:
            raise NotFound
        return job

    async def outcome(self, actor: Actor, job_id: JobId, *, within: float) -> Job:
        """The job once it is done or has failed, or as it stands after ``within`` seconds. Raises NotFound."""
        waited = 0.0
        while True:
            job = await self.find(actor, job_id)
            if job.status.is_final or waited >= within:
                return job
            await self._clock.sleep(_LOOK_EVERY)
            waited += _LOOK_EVERY


@dataclass(frozen=True, slots=True)
class Working:
    """Does jobs, one at a time in each lane, each by the handler of its kind.

    A worker holds a job by a lease that it keeps extending; when it dies the lease runs out and another attempt begins.
    What fails of something that may pass is tried again after growing pauses, what was refused is not. What fails for
    good is set aside for an operator. ``kept_for`` says of which kinds what is done can be looked up for less long than
    of others.
    """

    work: Work
    queue: JobQueue
    publication: Publication
    clock: Clock
    pace: AnswerPace
    handlers: Mapping[str, JobHandler]
    kept_for: Mapping[str, timedelta] = field(default_factory=dict)

    async def run(self, lane: str) -> None:
        """Do the jobs of a lane in order until none is left or another worker has it.

        Raises what an attempt failed of unexpectedly, when the store knows that it is to be tried again or set aside.
        """
        while (job := await self._claim(lane)) is not None:
            try:
                if job.tries > job.attempts_allowed:
                    await self._end(job, failure=ABANDONED)
                    continue
                await keeping(self.pace.lease, self.clock, _extension(self.work, job), self._do(job))
            except asyncio.CancelledError:
                await asyncio.shield(self._hand_back(job))
                raise
            except JobSuperseded:
                return
            except Unavailable:
                raise
            except DomainError as error:
                if error.kind is Kind.UNAVAILABLE:
                    await self._try_again(job, error.code)
                else:
                    await self._end(job, failure=error.code)
            except Exception as error:
                await self._try_again(job, type(error).__name__)
                raise

    async def sweep(self) -> None:
        """Ring for every lane with jobs that nobody is working on."""
        async with self.work() as work:
            lanes = await work.job_backlog.waiting(now=self.clock.now())
        for lane in lanes:
            self.queue.ring(lane)

    async def forget_done(self) -> None:
        """Keep jobs that are done no longer than they may be asked for, and usage no longer than it counts."""
        now = self.clock.now()
        async with self.work() as work:
            await work.job_backlog.forget(done_before=now - KEPT_FOR)
            for kind, kept_for in self.kept_for.items():
                await work.job_backlog.forget(done_before=now - kept_for, kind=kind)
            await work.ai_usage.forget(before=now - COUNTED_FOR)

    async def _claim(self, lane: str) -> Job | None:
        now = self.clock.now()
        async with self.work() as work:
            return await work.jobs.claim(lane, now=now, until=now + self.pace.lease)

    async def _do(self, job: Job) -> None:
        self._tell(job, JobStatus.RUNNING)
        with metered() as meter, telling(partial(self._tell, job, JobStatus.RUNNING, None)):
            try:
                result = await self.handlers[job.kind](job)
            finally:
                if meter.tokens and job.asker_id is not None:
                    with suppress(Unavailable):  # whatever has become of the job is not undone by that
                        await asyncio.shield(self._charge(job, job.asker_id, meter.tokens))
        async with self.work() as work:
            # Nothing happens where the handler has ended the job together with what it changed.
            await work.jobs.finish(job.id, job.attempt, JobStatus.DONE, at=self.clock.now(), result=result)
        self._tell(job, JobStatus.DONE)

    async def _charge(self, job: Job, asker_id: UserId, tokens: int) -> None:
        async with self.work() as work:
            await work.ai_usage.charge(asker_id, Usage(requests=0, tokens=tokens), at=job.created_at)

    async def _try_again(self, job: Job, failure: str) -> None:
        if job.tries >= job.attempts_allowed:
            await self._end(job, failure=failure)
            return
        async with self.work() as work:
            until = self.clock.now() + self.pace.pause_after(job.tries)
            await work.jobs.postpone(job.id, job.attempt, failure, until=until)

    async def _end(self, job: Job, *, failure: str) -> None:
        async with self.work() as work:
            failed = await work.jobs.finish(job.id, job.attempt, JobStatus.FAILED, at=self.clock.now(), failure=failure)
        if failed:
            self._tell(job, JobStatus.FAILED, failure)

    async def _hand_back(self, job: Job) -> None:
        async with self.work() as work:
            await work.jobs.release(job.id, job.attempt)

    def _tell(self, job: Job, status: JobStatus, failure: str | None = None, progress: float | None = None) -> None:
        if job.asker_id is not None:
            changed = JobChanged(job.asker_id, job.id, job.kind, job.room_id, status, failure, progress)
            self.publication.publish([changed])


def _extension(work: Work, job: Job) -> Callable[[datetime], Awaitable[bool]]:
    async def extend(until: datetime) -> bool:
        async with work() as unit:
            return await unit.jobs.extend(job.id, job.attempt, until=until)

    return extend
