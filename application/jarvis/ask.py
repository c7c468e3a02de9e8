"""Asking Jarvis."""

from dataclasses import dataclass

from application.jarvis.phrases import line_for
from application.jarvis.usage import Quotas
from application.limits import Limits
from application.membership import require_member
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import Work
from domain.answer_events import AnswerFailed, PersonalAnswerDone, RequestAccepted
from domain.answers import Leave
from domain.bots import BotNotAllowed
from domain.errors import AnswerCancelled, NotFound
from domain.ids import MessageId, RequestId, RoomId
from domain.jarvis import (
    SAME_QUESTION_WITHIN,
    JarvisRequest,
    Mode,
    RequestStatus,
    public_id,
    question,
    require_short,
    same_question,
)
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks. ``personal``: only the asker sees the answer, and nothing is posted."""

    prompt: str
    personal: bool = False
    mode: Mode = Mode.CHAT
    message_id: MessageId | None = None
    request_id: str | None = None


class Asking:
    """Takes questions, and leaves the answering to workers."""

    def __init__(
        self,
        work: Work,
        jobs: JobQueue,
        clock: Clock,
        ids: IdSource,
        limits: Limits | None = None,
        quotas: Quotas | None = None,
    ) -> None:
        self._work = work
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._prompt_limit = (limits or Limits()).prompt
        self._quotas = quotas

    async def ask(self, actor: Actor, room_id: RoomId, asked: Question) -> str | None:
        """Write the question down and answer the id it is known by; None where it is one that was asked already.

        Raises:
            InvalidInput: prompt or request id is empty, too long or cannot be stored.
            Forbidden: the actor is no member of the room.
            AiQuotaExceeded: the actor has asked as much as one may in a day.
            BotNotAllowed: the actor is a bot and Jarvis is to use tools, which do things as whoever asks.
        """
        if actor.rights is not None and asked.mode is Mode.ACTION:
            raise BotNotAllowed
        prompt = question(asked.prompt)
        request_id, now = RequestId(self._ids.new()), self._clock.now()
        request = JarvisRequest(
            id=request_id,
            public_id=public_id(asked.request_id) if asked.request_id is not None else str(request_id),
            room_id=room_id,
            asker_id=actor.id,
            prompt=prompt,
            mode=asked.mode,
            personal=asked.personal,
            created_at=now,
            message_id=asked.message_id,
        )
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            if not asked.personal:
                recent = await work.requests.asked_by_message(
                    room_id, actor.id, since=now - SAME_QUESTION_WITHIN, message_id=asked.message_id
                )
                if any(
                    (asked.message_id is not None and earlier.message_id == asked.message_id)
                    or (asked.request_id is None and same_question(earlier, asked.prompt, now))
                    for earlier in recent
                ):
                    return None
            require_short(prompt, limit=self._prompt_limit)
            if self._quotas is not None:
                await self._quotas.require_left_in(work, actor)
            if not await work.requests.add(request):
                return None
            work.announce(RequestAccepted(actor.id, room_id, request.public_id))
        self._jobs.ring(request.lane)
        return request.public_id

    async def cancel(self, actor: Actor, request_id: str) -> None:
        """Stop an answer: the actor's own, or a public one in a room that the actor owns.

        A worker that is at it stops within a second and tells that it did; where none is, it is told at once.

        Raises:
            NotFound: there is no unfinished question of this id that the actor may stop.
        """
        error = AnswerCancelled()
        async with self._work() as work:
            request = await work.interventions.cancel(request_id, actor.id)
            if request is None:
                raise NotFound
            if request.status is RequestStatus.QUEUED and await work.requests.finish(
                request.id, request.attempt, RequestStatus.FAILED, at=self._clock.now(), failure=error.code
            ):
                await work.answers.forget_rounds(request.id)
                line = line_for(error, request.prompt)
                about = request.room_id, request.asker_id, request.public_id, request.personal
                work.announce(AnswerFailed(*about, error.code, line))
                if request.personal:
                    work.announce(PersonalAnswerDone(request.asker_id, request.public_id, line))
        self._jobs.ring(request.lane)

    async def confirm(self, actor: Actor, request_id: str, call_id: str, *, approve: bool) -> None:
        """Say yes or no to what Jarvis is about to do for the actor.

        Raises:
            NotFound: Jarvis waits for no such answer, or no longer.
        """
        leave = Leave.GIVEN if approve else Leave.REFUSED
        async with self._work() as work:
            if not await work.interventions.decide(actor.id, request_id, call_id, leave, at=self._clock.now()):
                raise NotFound
