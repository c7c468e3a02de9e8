"""What passes while Jarvis makes an answer."""

from dataclasses import dataclass

from domain.citations import Citation
from domain.ids import RoomId, UserId


@dataclass(frozen=True, slots=True)
class RequestAccepted:
    """To the asker: the question is written down and will be answered."""

    asker_id: UserId
    room_id: RoomId
    public_id: str


@dataclass(frozen=True, slots=True)
class AnswerChunk:
    """A piece of a public answer as it is being made; the first one, index 0, is empty."""

    room_id: RoomId
    public_id: str
    index: int
    chunk: str


@dataclass(frozen=True, slots=True)
class PersonalAnswerChunk:
    asker_id: UserId
    public_id: str
    index: int
    chunk: str


@dataclass(frozen=True, slots=True)
class PersonalAnswerDone:
    asker_id: UserId
    public_id: str
    content: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerFailed:
    """No answer will come. A public failure is told to the room, a personal one to the asker."""

    room_id: RoomId
    asker_id: UserId
    public_id: str
    personal: bool
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ToolUsed:
    """Jarvis uses a tool: ``status`` is running, waiting (for the asker's yes), done, failed or refused. The room is
    told of it, or in a personal answer the asker."""

    room_id: RoomId
    asker_id: UserId
    public_id: str
    personal: bool
    name: str
    status: str


@dataclass(frozen=True, slots=True)
class ConfirmationAsked:
    """To the asker alone: may Jarvis do this?"""

    asker_id: UserId
    room_id: RoomId
    public_id: str
    call_id: str
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class NewsSearchOpened:
    """To one person, whose client opens its news panel."""

    user_id: UserId
    room_id: RoomId
    query: str
