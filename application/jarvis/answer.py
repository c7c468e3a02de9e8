"""Answering: what a worker does when the bell rings."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from application.cancelling import until_cancelled
from application.correlation import bind_question_id
from application.jarvis.citing import citations_in
from application.jarvis.composing import Composing
from application.jarvis.dialogue import Course, Dialogue
from application.jarvis.phrases import line_for
from application.leases import keeping
from application.limits import AnswerPace
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.partial_answers import PartialAnswer, PartialAnswers
from application.ports.unit_of_work import UnitOfWork, Work
from application.posting import Post, post
from application.publication import Publication
from domain.answer_events import AnswerChunk, AnswerFailed, PersonalAnswerChunk, PersonalAnswerDone
from domain.citations import Citation
from domain.errors import AnswerCancelled, AnswerFault, DomainError, ModelFailed, NotFound, Unavailable
from domain.ids import MessageId
from domain.jarvis import JarvisRequest, RequestStatus

ABANDONED = "ABANDONED"
"""What a question failed of whose workers all died or stood still."""


ROOM_IS_GONE = "The room was deleted, so the question has no answer any more."

"""Seconds between two looks at whether somebody has said stop."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Makes answers, one at a time in each lane.

    A worker holds a question by a lease that it keeps extending. When it dies the lease runs out, ``sweep`` rings
    again, and another attempt begins; only the newest attempt can post, so the room sees one answer. An attempt that
    fails unexpectedly is followed by another one after a pause; a refusal is told at once. What fails for good is set
    aside for an operator.
    """

    work: Work
    composing: Composing
    dialogue: Dialogue
    partial_answers: PartialAnswers
    publication: Publication
    jobs: JobQueue
    clock: Clock
    ids: IdSource
    pace: AnswerPace

    async def answer(self, lane: str) -> None:
        """Answer the questions of a lane in order until none is left or another worker has it.

        Raises what an attempt failed of unexpectedly, when the store knows that it is to be tried again or set aside.
        """
        while (request := await self._claim(lane)) is not None:
            bind_question_id(str(request.id))
            try:
                if request.cancelled:
                    raise AnswerCancelled
                if request.tries > self.pace.attempts:
                    await self._fail(request, ModelFailed(), failure=ABANDONED)
                    continue
                await self._keeping_the_lease(request)
            except asyncio.CancelledError:
                await asyncio.shield(self._hand_back(request))
                raise
            except Unavailable:
                raise
            except NotFound:
                # The room is gone, and the question with it: only who asked personally is left to be told.
                await self.partial_answers.clear(request.room_id, request.public_id)
                if request.personal:
                    line = line_for(NotFound(ROOM_IS_GONE), request.prompt)
                    self.publication.publish([PersonalAnswerDone(request.asker_id, request.public_id, line)])
            except DomainError as error:
                await self._fail(request, error, failure=error.code)
            except Exception as error:
                await self._try_again(request, type(error).__name__)
                raise

    async def sweep(self) -> None:
        """Ring for every lane with questions that nobody is working on."""
        async with self.work() as work:
            lanes = await work.backlog.waiting(now=self.clock.now())
        for lane in lanes:
            self.jobs.ring(lane)

    async def _claim(self, lane: str) -> JarvisRequest | None:
        now = self.clock.now()
        async with self.work() as work:
            return await work.requests.claim(lane, now=now, until=now + self.pace.lease)

    async def _keeping_the_lease(self, request: JarvisRequest) -> None:
        async def extend(until: datetime) -> bool:
            async with self.work() as work:
                return await work.requests.extend(request.id, request.attempt, until=until)

        watch = until_cancelled(self.work, self.clock, lambda work: work.interventions.is_cancelled(request.id))
        await keeping(self.pace.lease, self.clock, extend, self._answer(request), watch=watch)

    async def _answer(self, request: JarvisRequest) -> None:
        composed = await self.composing.compose(request)
        telling = _Telling(request, self.partial_answers, self.publication)
        await telling.say("")
        course = await self.dialogue.hold(request, composed, telling.say)
        if not course.said.strip():
            raise ModelFailed
        await self._post(request, course, citations_in(course.said, course.sources))

    async def _post(self, request: JarvisRequest, course: Course, citations: tuple[Citation, ...]) -> None:
        async with self.work() as work:
            # The room first, as everybody locks it first.
            room = await work.rooms.lock(request.room_id)
            if not await self._finish(work, request, RequestStatus.DONE):
                return
            # Before the commit: who joins the room after it must not be told of an unfinished answer.
            await self.partial_answers.clear(request.room_id, request.public_id)
            if request.personal:
                work.announce(PersonalAnswerDone(request.asker_id, request.public_id, course.said, citations))
            else:
                message_id, now = MessageId(self.ids.new()), self.clock.now()
                await post(work, room, Post(message_id, course.said, now, answers=request, citations=citations))

    async def _try_again(self, request: JarvisRequest, failure: str) -> None:
        """After a pause, in which its lane waits too; after the last attempt it is set aside and the lane goes on."""
        if request.tries >= self.pace.attempts:
            await self._fail(request, AnswerFault(), failure=failure)
            self.jobs.ring(request.lane)
            return
        async with self.work() as work:
            until = self.clock.now() + self.pace.pause_after(request.tries)
            await work.requests.postpone(request.id, request.attempt, failure, until=until)
        await self.partial_answers.clear(request.room_id, request.public_id)

    async def _fail(self, request: JarvisRequest, error: DomainError, *, failure: str) -> None:
        async with self.work() as work:
            if not await self._finish(work, request, RequestStatus.FAILED, failure):
                return
            await self.partial_answers.clear(request.room_id, request.public_id)
            room_id, asker_id, public_id = request.room_id, request.asker_id, request.public_id
            line = line_for(error, request.prompt)
            work.announce(AnswerFailed(room_id, asker_id, public_id, request.personal, error.code, line))
            if request.personal:
                work.announce(PersonalAnswerDone(asker_id, public_id, line))

    async def _hand_back(self, request: JarvisRequest) -> None:
        async with self.work() as work:
            await work.requests.release(request.id, request.attempt)
        await self.partial_answers.clear(request.room_id, request.public_id)

    async def _finish(
        self, work: UnitOfWork, request: JarvisRequest, status: RequestStatus, failure: str | None = None
    ) -> bool:
        await work.answers.forget_rounds(request.id)
        return await work.requests.finish(request.id, request.attempt, status, at=self.clock.now(), failure=failure)


@dataclass(slots=True)
class _Telling:
    """Tells who may hear it what is said, piece by piece; the first one is empty and says that Jarvis has begun."""

    request: JarvisRequest
    partial_answers: PartialAnswers
    publication: Publication
    said: str = ""
    index: int = 0

    async def say(self, piece: str) -> None:
        request, index = self.request, self.index
        self.index += 1
        self.said += piece
        if request.personal:
            self.publication.publish([PersonalAnswerChunk(request.asker_id, request.public_id, index, piece)])
            return
        await self.partial_answers.put(request.room_id, PartialAnswer(request.public_id, index, self.said))
        self.publication.publish([AnswerChunk(request.room_id, request.public_id, index, piece)])
