"""What passes by on the socket, and is in no log."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from adapters.wire.schemas.calendar import CalendarEvent
from adapters.wire.schemas.calls import Call, Participant
from adapters.wire.schemas.messages import Citation
from adapters.wire.schemas.rooms import Room
from adapters.wire.schemas.values import Count, Id, Seq, Time


class AnswerChunk(TypedDict):
    """A piece of a public answer, to be appended; the first one is empty."""

    requestId: str
    roomId: Id
    chunk: str
    index: Count


class PersonalAnswerChunk(TypedDict):
    """A piece of an answer to oneself alone."""

    requestId: str
    chunk: str
    index: Count


class PersonalAnswer(TypedDict):
    """A whole answer to oneself alone."""

    requestId: str
    content: str
    citations: list[Citation]


class ToolUsed(TypedDict):
    """Jarvis uses a tool."""

    requestId: str
    roomId: Id
    name: str
    status: str


class ConfirmationAsked(TypedDict):
    """Jarvis waits for the asker's yes: ``jarvis.confirm``."""

    requestId: str
    roomId: Id
    callId: str
    name: str
    summary: str


class AnswerFailed(TypedDict):
    """There will be no answer."""

    requestId: str
    roomId: Id
    code: str
    message: str


class RequestAccepted(TypedDict):
    """The question was taken."""

    requestId: str
    roomId: Id


class NewsSearch(TypedDict):
    """News are to be shown on this."""

    roomId: Id
    query: str


class MessageTranslated(TypedDict):
    """A message in the language in which one reads the room."""

    roomId: Id
    messageId: Id
    lang: str
    text: str


class RoomAdded(TypedDict):
    """One is in a room that one was not in before."""

    room: Room


class RoomPlace(TypedDict):
    """A room, and the newest place of its log."""

    roomId: Id
    seq: Seq


class RoomNamed(TypedDict):
    """A room."""

    roomId: Id


class MessageAcknowledged(TypedDict):
    """A send is kept, under this id and at this place."""

    roomId: Id
    clientTempId: str
    messageId: Id
    seq: Seq


class ReportRenewed(TypedDict):
    """The room's report was made anew."""

    roomId: Id
    reportId: Id
    generatedAt: Time


class ReadMarkMoved(TypedDict):
    """How far somebody has read now."""

    roomId: Id
    userId: Id
    seq: Seq


class TypingChanged(TypedDict):
    """Somebody types, or no longer does."""

    roomId: Id
    userId: Id
    isTyping: bool


class PresenceChanged(TypedDict):
    """Somebody who shares a room has come online, or gone."""

    userId: Id
    isOnline: bool
    lastSeenAt: Time | None


class Mentioned(TypedDict):
    """Somebody spoke to one."""

    roomId: Id
    messageId: Id
    seq: Seq
    fromUserId: Id


class JobChanged(TypedDict):
    """How a job stands that one asked for."""

    jobId: Id
    kind: str
    roomId: Id | None
    status: Literal["queued", "running", "done", "failed"]
    error: str | None
    progress: NotRequired[Annotated[float, Field(description="How much is done, from 0 to 1; it only grows.")]]


class CalendarChanged(TypedDict):
    """One's calendar is another; without an id it was several events, or all."""

    eventId: Id | None
    change: Literal["created", "updated", "deleted", "imported"]
    event: CalendarEvent | None


class _Signal(TypedDict):
    roomId: Id
    fromUserId: Id
    toUserId: NotRequired[Id]


class DescriptionSignalled(_Signal):
    """An offer or an answer, as it came."""

    sdp: Any


class CandidateSignalled(_Signal):
    """A way to reach a device, as it came."""

    candidate: Any


class HangupSignalled(_Signal):
    """Somebody hangs up."""


class CallChanged(Call):
    """The call as it is now that this person is in it."""

    userId: Id


class CallName(TypedDict):
    """A call; of two versions the higher is the newer."""

    roomId: Id
    callId: Id
    version: Count


class CallLeft(CallName):
    """Somebody is in the call no more; these are."""

    userId: Id
    participants: list[Participant]


class Refused(TypedDict):
    """Something that was asked for was refused; what of it is known is named."""

    message: Annotated[str, Field(description="The code of the refusal.")]
    code: NotRequired[str]
    roomId: NotRequired[Id]
    clientTempId: NotRequired[str]
    requestId: NotRequired[str]
    retryAfterMs: NotRequired[Count]


PASSING: Mapping[str, Any] = {
    "bot.stream": AnswerChunk,
    "bot.personal.stream": PersonalAnswerChunk,
    "bot.personal.done": PersonalAnswer,
    "bot.tool": ToolUsed,
    "bot.confirm": ConfirmationAsked,
    "bot.failed": AnswerFailed,
    "jarvis.accepted": RequestAccepted,
    "ui.news.search": NewsSearch,
    "message.translated": MessageTranslated,
    "message.ack": MessageAcknowledged,
    "room.added": RoomAdded,
    "room.joined": RoomPlace,
    "room.resync": RoomPlace,
    "room.left": RoomNamed,
    "room.deleted": RoomNamed,
    "pulse.updated": ReportRenewed,
    "read.updated": ReadMarkMoved,
    "typing": TypingChanged,
    "presence.updated": PresenceChanged,
    "mentioned": Mentioned,
    "job.updated": JobChanged,
    "rtc.offer": DescriptionSignalled,
    "rtc.answer": DescriptionSignalled,
    "rtc.ice": CandidateSignalled,
    "rtc.hangup": HangupSignalled,
    "call.started": CallChanged,
    "call.joined": CallChanged,
    "call.left": CallLeft,
    "call.ended": CallName,
    "calendar.updated": CalendarChanged,
    "error": Refused,
}
"""What passes by."""
