"""Catching up: telling somebody who was away what was said in a room meanwhile."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from application.cancelling import unless, until_cancelled
from application.jarvis.citing import MOST, refs_in
from application.jarvis.phrases import line_for
from application.jarvis.usage import Quotas
from application.jobs import JobSuperseded, completing
from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import UnitOfWork, Work
from application.publication import Publication
from application.summaries import Summaries, said_before, through_log
from domain.answer_events import AnswerFailed, PersonalAnswerChunk, PersonalAnswerDone, RequestAccepted
from domain.answers import excerpt_of
from domain.citations import Citation
from domain.errors import AnswerCancelled, DomainError, Forbidden, Kind, ModelFailed, NotFound, Unavailable
from domain.events import AnswerPosted, JobChanged, MessagePosted
from domain.ids import JobId, MessageId, RoomId, UserId
from domain.jobs import Job, JobStatus, job_lane
from domain.meeting_errors import SummaryFailed
from domain.meetings import is_korean
from domain.users import Actor

KIND = "catch-up"

TOLD_FOR = timedelta(hours=1)
"""How long a telling can be looked up: it repeats messages that may be deleted meanwhile."""

_NOTHING = "그동안 새로 올라온 이야기가 없어요."
_NOTHING_IN_ENGLISH = "Nothing new was said meanwhile."


@dataclass(frozen=True, slots=True)
class Told:
    """What was missed between two places in a room's log, and the messages that say so."""

    content: str
    since: int
    until: int
    citations: tuple[Citation, ...] = ()


class CatchingUp:
    """Tells people what they missed, each alone. A telling is known by the id of its job."""

    def __init__(
        self,
        work: Work,
        summaries: Summaries,
        jobs: JobQueue,
        publication: Publication,
        clock: Clock,
        ids: IdSource,
        quotas: Quotas,
    ) -> None:
        self._work = work
        self._summaries = summaries
        self._jobs = jobs
        self._publication = publication
        self._clock = clock
        self._ids = ids
        self._quotas = quotas

    async def ask(self, actor: Actor, room_id: RoomId, since: int | None = None) -> JobId:
        """Have a worker tell the actor what was said past ``since``, or past what the actor has read.

        The pieces go to all sockets of the actor's as those of a personal answer do.

        Raises Forbidden and AiQuotaExceeded.
        """
        job_id = JobId(self._ids.new())
        async with self._work() as work:
            await self._quotas.take_in(work, actor)
            newest = (await work.log.newest([room_id])).get(room_id, 0)
            await require_member_and_lock(work, room_id, actor.id)
            if since is None:
                since = await work.read_marks.find(room_id, actor.id) or 0
            job = Job(
                id=job_id,
                kind=KIND,
                lane=job_lane(KIND, actor.id),
                payload={"since": min(max(since, 0), newest), "until": newest},
                created_at=self._clock.now(),
                room_id=room_id,
                asker_id=actor.id,
            )
            await work.jobs.add(job)
            work.announce(RequestAccepted(actor.id, room_id, str(job_id)))
        self._jobs.ring(job.lane)
        return job_id

    async def cancel(self, actor: Actor, request_id: str) -> None:
        """Stop a telling of the actor's.

        A worker that is at it stops within a second and tells that it did; where none has taken it up, it is told at
        once. Nothing more is told of one that was cancelled, even where it was done already and not kept yet.

        Raises:
            NotFound: there is no unfinished telling of this id that the actor has asked for.
        """
        error = AnswerCancelled()
        async with self._work() as work:
            job = await work.job_cancellation.cancel(_job_id(request_id), actor.id)
            if job is None or job.kind != KIND or job.room_id is None:
                raise NotFound
            public_id = str(job.id)
            if job.status is JobStatus.QUEUED and await work.jobs.finish(
                job.id, job.attempt, JobStatus.FAILED, at=self._clock.now(), failure=error.code
            ):
                line = line_for(error, actor.name)
                work.announce(AnswerFailed(job.room_id, actor.id, public_id, True, error.code, line))
                work.announce(PersonalAnswerDone(actor.id, public_id, line))
                work.announce(JobChanged(actor.id, job.id, job.kind, job.room_id, JobStatus.FAILED, error.code))
        self._jobs.ring(job.lane)

    async def tell(self, job: Job) -> Mapping[str, Any]:
        """Do the job. Raises Forbidden and ModelFailed, of which the asker is told when nobody will try again."""
        if job.room_id is None or job.asker_id is None:
            raise Forbidden
        try:
            if job.cancelled:
                raise AnswerCancelled
            watch = until_cancelled(self._work, self._clock, lambda work: work.job_cancellation.is_cancelled(job.id))
            return await unless(watch, self._tell(job, job.room_id, job.asker_id))
        except DomainError as error:
            if error.kind is not Kind.UNAVAILABLE or job.tries >= job.attempts_allowed:
                public_id, line = str(job.id), line_for(error, await self._spoken(job.room_id, job.asker_id))
                self._publication.publish(
                    [
                        AnswerFailed(job.room_id, job.asker_id, public_id, True, error.code, line),
                        PersonalAnswerDone(job.asker_id, public_id, line),
                    ]
                )
            raise

    async def _spoken(self, room_id: RoomId, asker_id: UserId) -> str:
        """A text in the language of whoever is told: the names of the room, where it is there, and of the asker."""
        with suppress(NotFound, Unavailable):
            async with self._work() as work:
                asker = await work.users.find(asker_id)
                title = await work.titles.of(room_id, asker_id)
                return f"{title} {asker.name if asker is not None else ''}"
        return ""

    async def _tell(self, job: Job, room_id: RoomId, asker_id: UserId) -> Mapping[str, Any]:
        since, until = int(job.payload["since"]), int(job.payload["until"])
        async with self._work() as work:
            await require_member(work, room_id, asker_id)
            title = await work.titles.of(room_id, asker_id)
            asker = await work.users.find(asker_id)
        reader = asker.name if asker is not None else "?"
        said = said_before(
            self._work,
            room_id,
            lambda message: message.seq > since,
            skips=lambda message: message.seq > until,
            how_far=through_log(since, until),
        )
        content, index = "", 0
        self._say(job, asker_id, index, "")
        async for piece in self._summaries.retold(title, reader, said):
            if piece:
                index += 1
                content += piece
                self._say(job, asker_id, index, piece)
        if index and not content.strip():
            raise ModelFailed
        content = content or (_NOTHING if is_korean([title, reader]) else _NOTHING_IN_ENGLISH)
        async with self._work() as work:
            citations = await _cited(work, room_id, content, since, until)
        result = _kept(Told(content, since, until, citations))
        try:
            async with completing(self._work, job, self._clock, result) as work:
                await require_member(work, room_id, asker_id)
                work.announce(PersonalAnswerDone(asker_id, str(job.id), content, citations))
        except JobSuperseded:
            async with self._work() as work:
                if await work.job_cancellation.is_cancelled(job.id):
                    raise AnswerCancelled from None
            raise
        return result

    def _say(self, job: Job, asker_id: UserId, index: int, chunk: str) -> None:
        self._publication.publish([PersonalAnswerChunk(asker_id, str(job.id), index, chunk)])


def _job_id(request_id: str) -> JobId:
    try:
        return JobId(UUID(request_id))
    except ValueError:
        raise NotFound from None


def told(job: Job) -> Told | None:
    """What a job has told; None where it is not done yet. Raises what it failed of: Forbidden, AnswerCancelled, or
    SummaryFailed."""
    if job.status is JobStatus.FAILED and job.failure == AnswerCancelled.code:
        raise AnswerCancelled
    if job.status is JobStatus.FAILED:
        raise Forbidden if job.failure == Forbidden.code else SummaryFailed
    if job.status is not JobStatus.DONE or job.result is None:
        return None
    kept = job.result
    return Told(
        kept["content"],
        kept["since"],
        kept["until"],
        tuple(
            Citation(MessageId(UUID(one["messageId"])), RoomId(UUID(one["roomId"])), one["ref"], one["excerpt"])
            for one in kept["citations"]
        ),
    )


def _kept(told_: Told) -> dict[str, Any]:
    return {
        "content": told_.content,
        "since": told_.since,
        "until": told_.until,
        "citations": [
            {"messageId": str(one.message_id), "roomId": str(one.room_id), "ref": one.ref, "excerpt": one.excerpt}
            for one in told_.citations
        ],
    }


async def _cited(work: UnitOfWork, room_id: RoomId, content: str, since: int, until: int) -> tuple[Citation, ...]:
    """The messages whose seq stands in square brackets, as they are now, in the order in which they are named.

    Numbers of nothing that was told are passed over: a model may make some up.
    """
    named = [ref for ref in refs_in(content) if since < ref <= until][:MOST]
    return tuple([citation for ref in named if (citation := await _citation(work, room_id, ref)) is not None])


async def _citation(work: UnitOfWork, room_id: RoomId, seq: int) -> Citation | None:
    for logged in await work.log.after(room_id, seq - 1, take=1):
        event = logged.event
        if logged.seq == seq and isinstance(event, MessagePosted | AnswerPosted) and event.message.deleted_at is None:
            return Citation(event.message.id, room_id, seq, excerpt_of(event.message.content))
    return None
