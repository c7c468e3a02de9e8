"""What comes of a question to Jarvis: what its answer took, and what must be allowed first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from domain.ids import RequestId, UserId
from domain.messages import text_of

EXCERPT_LENGTH = 200
SILENCE_IS_NO = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """What an answer took: tokens, and milliseconds from the question's being taken up."""

    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    first_word_ms: int | None = None
    whole_ms: int | None = None

    def and_then(self, more: "AnswerRecord") -> "AnswerRecord":
        """This and what it took after that."""
        return AnswerRecord(
            more.model or self.model,
            self.tokens_in + more.tokens_in,
            self.tokens_out + more.tokens_out,
            self.first_word_ms if self.first_word_ms is not None else more.first_word_ms,
            more.whole_ms if more.whole_ms is not None else self.whole_ms,
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """What somebody has asked of Jarvis since a moment."""

    requests: int
    tokens: int


class Leave(Enum):
    """Whether what Jarvis wants to do for somebody was allowed by that person."""

    WAITING = "waiting"
    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Something that Jarvis does only once the asker has said yes; when ``expires_at`` has passed, that was a no."""

    request_id: RequestId
    call_id: str
    asker_id: UserId
    name: str
    summary: str
    expires_at: datetime
    leave: Leave = Leave.WAITING


def excerpt_of(content: str) -> str:
    """The beginning of a message's words on one line, cut at 200 characters."""
    line = " ".join(text_of(content).split())
    return line if len(line) <= EXCERPT_LENGTH else f"{line[: EXCERPT_LENGTH - 1].rstrip()}…"
