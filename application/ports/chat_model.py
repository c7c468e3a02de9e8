"""The language model."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.jarvis import Mode


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the talk that the model may know of. ``speaker`` is None for Jarvis himself."""

    speaker: str | None
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that the model is given: where it is, who asks what, and what was said before, oldest first."""

    room_title: str
    asker: str
    prompt: str
    mode: Mode
    talk: Sequence[Said]
    now: datetime


class ChatModel(Protocol):
    """Answers a question, piece by piece."""

    def stream(self, conversation: Conversation) -> AsyncIterator[str]:
        """The pieces of the answer, as the model makes them. Raises ModelFailed."""
