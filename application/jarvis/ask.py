"""Asking Jarvis."""

from dataclasses import dataclass

from application.limits import Limits
from application.membership import require_member
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.jobs import JobQueue
from application.ports.unit_of_work import Work
from domain.events import RequestAccepted
from domain.ids import MessageId, RequestId, RoomId
from domain.jarvis import SAME_QUESTION_WITHIN, JarvisRequest, Mode, public_id, question, require_short, same_question
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

    def __init__(self, work: Work, jobs: JobQueue, clock: Clock, ids: IdSource, limits: Limits | None = None) -> None:
        self._work = work
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._prompt_limit = (limits or Limits()).prompt

    async def ask(self, actor: Actor, room_id: RoomId, asked: Question) -> str | None:
        """Write the question down and answer the id it is known by; None where it is one that was asked already.

        Raises:
            InvalidInput: prompt or request id is empty, too long or cannot be stored.
            Forbidden: the actor is no member of the room.
        """
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
            if not await work.requests.add(request):
                return None
            work.announce(RequestAccepted(actor.id, room_id, request.public_id))
        self._jobs.ring(request.lane)
        return request.public_id
