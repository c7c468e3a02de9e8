"""Asking Jarvis: how a message calls him, and what a question is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from domain.errors import Fault, InvalidInput
from domain.ids import JobId, MessageId, RequestId, RoomId, UserId
from domain.messages import text_of
from domain.text import storable

NAME = "자비스야"
CALL = "자비스야 궁금하다"
SAME_QUESTION_WITHIN = timedelta(seconds=2)
PUBLIC_ID_LIMIT = 200

_AFTER_THE_CALL = " \t\r\n,.!~?:;"


class Mode(Enum):
    """``chat`` only talks; ``action`` may use tools."""

    CHAT = "chat"
    ACTION = "action"


class RequestStatus(Enum):
    """Where a question stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JarvisRequest:
    """A question to Jarvis.

    ``public_id`` is the id that clients know it by: the asker's own, or the text of ``id``. ``attempt`` counts how
    often a worker has taken it up: only the newest attempt may finish it. Those of ``attempts_before`` were made before
    an operator had it run again. ``prompt`` is empty once it is finished and its message was deleted or changed.
    ``cancelled`` where the asker or the room's owner has said stop.
    """

    id: RequestId
    public_id: str
    room_id: RoomId
    asker_id: UserId
    prompt: str
    mode: Mode
    personal: bool
    created_at: datetime
    message_id: MessageId | None = None
    status: RequestStatus = RequestStatus.QUEUED
    attempt: int = 0
    attempts_before: int = 0
    cancelled: bool = False

    @property
    def tries(self) -> int:
        """The attempts that count towards the limit."""
        return self.attempt - self.attempts_before

    @property
    def lane(self) -> str:
        """Requests of one lane are answered one after the other: a room's public ones, a person's personal ones."""
        return f"user:{self.asker_id}" if self.personal else f"room:{self.room_id}"


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that has no answer, or a job that is not done, as an operator sees it: nothing of what was asked.

    ``failure`` is a code, or the name of a type, that says what the last attempt failed of; ``retry_at`` when the next
    one may begin, None where that is at any time.
    """

    id: RequestId | JobId
    lane: str
    status: RequestStatus
    asked_at: datetime
    tries: int
    failure: str | None = None
    retry_at: datetime | None = None


def called(content: str) -> str | None:
    """The prompt in a message that calls Jarvis, or None where it does not call him.

    A message calls him when its text starts with his name or holds ``자비스야 궁금하다`` anywhere. A call with nothing
    else to say is its own prompt.
    """
    if NAME not in content:
        return None
    text = text_of(content).strip()
    if CALL in text:
        before, _, after = text.partition(CALL)
        prompt = f"{before.strip()} {after.lstrip(_AFTER_THE_CALL)}"
    elif text.startswith(NAME):
        prompt = text.removeprefix(NAME).lstrip(_AFTER_THE_CALL)
    else:
        return None
    return prompt.strip() or text


_CERTAINLY_THE_SAME = 1000


def same_question(asked: JarvisRequest, prompt: str, at: datetime) -> bool:
    """Whether a public request with ``prompt`` only repeats a question that a message of the same person asked.

    The installed client sends both for one question: its request is a line of instruction and the message's text.
    """
    if asked.message_id is None or asked.personal or not timedelta(0) <= at - asked.created_at <= SAME_QUESTION_WITHIN:
        return False
    if not asked.prompt:
        return False  # its message was deleted or changed
    tail = text_of(prompt).strip()
    if tail.endswith(asked.prompt) or (called(tail) or tail).endswith(asked.prompt):
        return True
    # A very long prompt was cut when it was written down, and then stands further ahead.
    return len(asked.prompt) > _CERTAINLY_THE_SAME and asked.prompt in tail


def question(prompt: str) -> str:
    """A prompt that can be asked, without an attachment block.

    Raises:
        InvalidInput: nothing is asked, or it cannot be stored.
    """
    text = text_of(storable(prompt, "prompt")).strip()
    if not text:
        raise InvalidInput(details=[Fault("prompt", "must not be empty")])
    return text


def require_short(prompt: str, *, limit: int) -> None:
    """Raise InvalidInput where a prompt has more than ``limit`` bytes of UTF-8."""
    if len(prompt.encode()) > limit:
        raise InvalidInput(details=[Fault("prompt", f"must have at most {limit} bytes")])


def public_id(value: str) -> str:
    """A request id of the client's choosing.

    Raises:
        InvalidInput: it is empty, longer than 200 characters, or cannot be stored.
    """
    if not value or len(value) > PUBLIC_ID_LIMIT:
        raise InvalidInput(details=[Fault("requestId", f"must have 1 to {PUBLIC_ID_LIMIT} characters")])
    return storable(value, "requestId")
