"""What happens, each kind a class.

A ``RoomEvent`` changes a room for good: it gets the room's next ``seq`` in the transaction that makes the change.
A ``PassingEvent`` is told to those who listen now, and then forgotten.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.answer_events import (
    AnswerChunk,
    AnswerFailed,
    ConfirmationAsked,
    NewsSearchOpened,
    PersonalAnswerChunk,
    PersonalAnswerDone,
    RequestAccepted,
    ToolUsed,
)
from domain.calendar import CalendarEvent
from domain.call_events import CallEnded, CallJoined, CallLeft, CallSignalled, CallStarted
from domain.ids import CalendarEventId, CardId, JobId, MatterId, MessageId, PulseReportId, RoomId, UserId
from domain.jobs import JobStatus
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated, KnowledgeEvent
from domain.matter_events import MatterAdded, MatterRemoved, MatterUpdated
from domain.messages import Message
from domain.pins import Pin
from domain.reactions import Reactions
from domain.rooms import Role, RoomSummary


@dataclass(frozen=True, slots=True)
class MessagePosted:
    room_id: RoomId
    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited:
    room_id: RoomId
    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    room_id: RoomId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class ReactionsChanged:
    """These are all that the message has now."""

    room_id: RoomId
    message_id: MessageId
    reactions: Reactions


@dataclass(frozen=True, slots=True)
class PinChanged:
    """The message is pinned now, or not any more."""

    room_id: RoomId
    message_id: MessageId
    pin: Pin | None


@dataclass(frozen=True, slots=True)
class AnswerPosted:
    """Jarvis has answered in the room. ``public_id`` is the id the asker knows the request by."""

    room_id: RoomId
    message: Message
    public_id: str


@dataclass(frozen=True, slots=True)
class MemberAdded:
    room_id: RoomId
    user_id: UserId
    user_name: str


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    room_id: RoomId
    user_id: UserId
    user_name: str


@dataclass(frozen=True, slots=True)
class MemberUpdated:
    """A member has another role. In a replay: the role they have now, MEMBER where they are in the room no more."""

    room_id: RoomId
    user_id: UserId
    user_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class RoomRenamed:
    """``told`` are members who hear of it even on sockets that have not joined the room."""

    room_id: RoomId
    title: str
    told: tuple[UserId, ...] = ()


RoomEvent = (
    MessagePosted
    | MessageEdited
    | MessageDeleted
    | ReactionsChanged
    | PinChanged
    | AnswerPosted
    | MemberAdded
    | MemberRemoved
    | MemberUpdated
    | RoomRenamed
    | MatterAdded
    | MatterUpdated
    | MatterRemoved
    | KnowledgeEvent
)


def subject_of(event: RoomEvent) -> MatterId | CardId | None:
    """The card, the decision or the task that it is about."""
    match event:
        case MatterAdded(matter=matter) | MatterUpdated(matter=matter):
            return matter.id
        case MatterRemoved(matter_id=matter_id):
            return matter_id
        case CardAdded(card=card) | CardUpdated(card=card):
            return card.id
        case CardRemoved(card_id=card_id):
            return card_id
    return None


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event with its place in its room's log: 1, 2, 3 … without gaps, in the order of commit."""

    seq: int
    event: RoomEvent
    at: datetime


@dataclass(frozen=True, slots=True)
class RoomAdded:
    """To people who have just become members."""

    user_ids: tuple[UserId, ...]
    summary: RoomSummary


@dataclass(frozen=True, slots=True)
class RoomLeft:
    """To all sockets of the person who left."""

    user_id: UserId
    room_id: RoomId


@dataclass(frozen=True, slots=True)
class RoomEmptied:
    """The last one has left, and the room is gone. There is nobody to tell, but whoever listens hears no more."""

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class RoomDeleted:
    """The room is gone, and its log with it. ``told`` were its members."""

    room_id: RoomId
    told: tuple[UserId, ...] = ()


class CalendarChange(Enum):
    """What happened to an event, as those see it who are told."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class CalendarUpdated:
    """To all whose calendar it is: ``event`` as it is now; an import names none."""

    user_ids: tuple[UserId, ...]
    change: CalendarChange
    event_id: CalendarEventId | None = None
    event: CalendarEvent | None = None


@dataclass(frozen=True, slots=True)
class JobChanged:
    """To who asked for a job: it was taken up, is done, or has failed of ``failure``.

    ``progress``: how much of it is done, from 0 to 1, where that is known.
    """

    asker_id: UserId
    job_id: JobId
    kind: str
    room_id: RoomId | None
    status: JobStatus
    failure: str | None = None
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class PulseRenewed:
    """To the room: its report was made anew."""

    room_id: RoomId
    report_id: PulseReportId
    at: datetime


@dataclass(frozen=True, slots=True)
class ReadMarkMoved:
    """To the room, and to all sockets of the person whose mark it is."""

    room_id: RoomId
    user_id: UserId
    seq: int


@dataclass(frozen=True, slots=True)
class TypingChanged:
    """To the room, but not to the person who types."""

    room_id: RoomId
    user_id: UserId
    is_typing: bool


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """To people who share a room with the person. Of two changes of one person the one with the higher ``number``
    happened later."""

    told: tuple[UserId, ...]
    user_id: UserId
    is_online: bool
    last_seen_at: datetime | None
    number: int


@dataclass(frozen=True, slots=True)
class Mentioned:
    """To people whom a message mentions: by name, or as everybody in the room."""

    user_ids: tuple[UserId, ...]
    room_id: RoomId
    message_id: MessageId
    seq: int
    by: UserId


@dataclass(frozen=True, slots=True)
class MessageTranslated:
    """To those who read the room in this language: what a message says in it."""

    user_ids: tuple[UserId, ...]
    room_id: RoomId
    message_id: MessageId
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """Every socket that was opened with this token, or with one of this session, is to be closed."""

    user_id: UserId
    token_id: str


@dataclass(frozen=True, slots=True)
class AccessRevoked:
    """Every socket of the person is to be closed, whatever it was opened with."""

    user_id: UserId


PassingEvent = (
    RoomAdded
    | RoomLeft
    | RoomEmptied
    | RoomDeleted
    | RequestAccepted
    | AnswerChunk
    | PersonalAnswerChunk
    | PersonalAnswerDone
    | AnswerFailed
    | ToolUsed
    | ConfirmationAsked
    | NewsSearchOpened
    | CallSignalled
    | CallStarted
    | CallJoined
    | CallLeft
    | CallEnded
    | JobChanged
    | MessageTranslated
    | CalendarUpdated
    | PulseRenewed
    | ReadMarkMoved
    | TypingChanged
    | PresenceChanged
    | Mentioned
    | TokenRevoked
    | AccessRevoked
)

Event = LoggedEvent | PassingEvent
