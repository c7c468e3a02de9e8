"""What Jarvis does and what workers do."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from adapters.wire.schemas.messages import Citation
from adapters.wire.schemas.values import Count, Id, Seq, Time


class Asking(TypedDict):
    """Whether the question was taken; false where it was asked already."""

    accepted: bool
    requestId: str | None


class Used(TypedDict):
    """How much of something is used up today; null where there is no limit."""

    used: Count
    limit: Count | None
    left: Count | None


class Allowance(TypedDict):
    """What one has asked of Jarvis today."""

    requests: Used
    tokens: Used
    resetsAt: Time


class Job(TypedDict):
    """Something that a worker does."""

    id: Id
    kind: str
    roomId: Id | None
    status: Literal["queued", "running", "done", "failed"]
    result: dict[str, Any] | None
    error: str | None
    createdAt: Time


class ImportStarted(TypedDict):
    """A worker summarises now; the job tells when it is done."""

    ok: Literal[True]
    jobId: Id


class JobStarted(TypedDict):
    """A worker does it now; the job tells when it is done."""

    jobId: Id


class StillReading(TypedDict):
    """What was missed is not told yet; it comes as ``bot.personal.done`` with this id."""

    requestId: Id


class CaughtUp(TypedDict):
    """What was missed between two places of the log."""

    requestId: Id
    content: str
    citations: list[Citation]
    sinceSeq: Seq
    seq: Seq


class Transcript(TypedDict):
    """What was said; where it was posted, as which message. What is too long for one begins with that one."""

    text: str
    language: str | None
    messageId: NotRequired[Id]
    seq: NotRequired[Seq]


class Translated(TypedDict):
    """A text in another language."""

    translatedText: str
    cached: bool
