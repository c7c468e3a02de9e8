"""The language model."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.ids import MessageId, RoomId
from domain.jarvis import Mode


@dataclass(frozen=True, slots=True)
class Said:
    """One message that the model may know of. ``speaker`` is None for Jarvis himself.

    ``ref`` is the number by which an answer may cite it, where it can be cited.
    """

    speaker: str | None
    text: str
    at: datetime
    message_id: MessageId | None = None
    room_id: RoomId | None = None
    ref: int | None = None


@dataclass(frozen=True, slots=True)
class ToolDescription:
    """A tool that the model may call. ``parameters`` is the JSON Schema of its arguments, an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model calls a tool; ``arguments`` is the JSON text as the model made it, whatever that is."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Round:
    """One turn of the model that called tools: what it said, its calls, and what came of each, in their order.

    ``sources`` are messages that the results brought and an answer may cite.
    """

    said: str
    calls: Sequence[ToolCall]
    results: Sequence[str] = ()
    sources: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one turn of the model took. ``model`` is the name it goes by."""

    input: int
    output: int
    model: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that the model is given.

    ``talk`` is what was said last, oldest first; ``found`` what was found in the room's memory that may bear on the
    question; ``replied_to`` the message that the question replies to; ``more_members`` how many there are beside those
    that are named. ``now`` is in the time zone that answers speak of. ``rounds`` are this answer's turns so far,
    ``tools`` what may be called in this one.
    """

    room_title: str
    asker: str
    prompt: str
    mode: Mode
    talk: Sequence[Said]
    now: datetime
    members: Sequence[str] = ()
    more_members: int = 0
    found: Sequence[Said] = ()
    replied_to: Said | None = None
    personal: bool = False
    tools: Sequence[ToolDescription] = ()
    rounds: Sequence[Round] = ()


Piece = str | ToolCall | Tokens
"""Text as the model says it, a call once it is complete, and at the end what the turn took, where the model tells."""


class ChatModel(Protocol):
    """Answers a question, piece by piece, or calls tools first."""

    def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        """The pieces of one turn, as the model makes them. Raises ModelFailed and what derives from it."""
