"""What a room has to settle or to do: its decisions and its tasks."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from domain.errors import AlreadyDeleted, Fault, Forbidden, InvalidInput
from domain.ids import MatterId, MessageId, RoomId, UserId
from domain.messages import DELETED_TEXT, Message, text_of
from domain.rooms import Member, Role
from domain.text import storable

TITLE_LIMIT = 300
QUOTE_LIMIT = 120
NOTE_LIMIT = 4000
MATTERS_LIMIT = 2000
"""How many decisions, and how many tasks, a room may have."""

UNTITLED = "(제목 없음)"


class MatterKind(Enum):
    """A task is to be done by somebody; a decision is what was settled, or is to be."""

    TASK = "task"
    DECISION = "decision"


class MatterState(Enum):
    """Where it stands. Tasks are open, done or dropped; decisions open, decided or revoked."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    DECIDED = "decided"
    REVOKED = "revoked"


STATES = {
    MatterKind.TASK: (MatterState.OPEN, MatterState.DONE, MatterState.DROPPED),
    MatterKind.DECISION: (MatterState.OPEN, MatterState.DECIDED, MatterState.REVOKED),
}


class Origin(Enum):
    """Whether somebody wrote it down, or it was found in what was said."""

    MARKED = "marked"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; None leaves it as it is. ``disowned`` and ``undated`` take away owner and due date."""

    title: str | None = None
    note: str | None = None
    state: MatterState | None = None
    owner_id: UserId | None = None
    due: date | None = None
    disowned: bool = False
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Matter:
    """A decision or a task of a room.

    ``source_id`` is the message that it comes from. While ``quoted``, its title is what that message says, and follows
    it: when it is edited, and when it is deleted. Found ones were written down by nobody: ``created_by`` is None. One
    that is removed is kept without its words, so that it is not found again.
    """

    id: MatterId
    room_id: RoomId
    kind: MatterKind
    title: str
    state: MatterState
    origin: Origin
    created_at: datetime
    updated_at: datetime
    created_by: UserId | None = None
    owner_id: UserId | None = None
    due: date | None = None
    note: str = ""
    source_id: MessageId | None = None
    quoted: bool = False
    removed_at: datetime | None = None

    def changed(self, change: Change, at: datetime) -> "Matter":
        """This, with what is to be otherwise; where nothing is, as it is.

        Raises:
            InvalidInput: it cannot have this state, or a text is not acceptable.
        """
        if change.state is not None:
            require_state(self.kind, change.state)
        title = self.title if change.title is None else matter_title(change.title)
        changed = replace(
            self,
            title=title,
            quoted=self.quoted and change.title is None,
            note=self.note if change.note is None else matter_note(change.note),
            state=change.state or self.state,
            owner_id=None if change.disowned else change.owner_id or self.owner_id,
            due=None if change.undated else change.due or self.due,
        )
        return self if changed == self else replace(changed, updated_at=at)

    def following(self, source: Message, at: datetime) -> "Matter":
        """This, as it is once its source was edited or deleted; where that changes nothing, as it is."""
        if not self.quoted:
            return self
        if source.deleted_at is not None:
            return replace(self, title=DELETED_TEXT, quoted=False, updated_at=at)
        title = quote(source.content)
        return self if title == self.title else replace(self, title=title, updated_at=at)

    def disowned(self) -> "Matter":
        """This, once its owner has left the room."""
        return replace(self, owner_id=None)

    def removed(self, at: datetime) -> "Matter":
        """What is left of it when it is removed."""
        return replace(self, title="", note="", quoted=False, owner_id=None, due=None, removed_at=at, updated_at=at)

    def require_right_to_remove(self, member: Member) -> None:
        """Raise Forbidden unless the member wrote it down, or keeps the room; anybody may remove what was found."""
        wrote = self.created_by is None or self.created_by == member.user_id
        if not wrote and member.role is Role.MEMBER:
            raise Forbidden("Whoever wrote this down may remove it, and the room's owner and admins.")


def require_state(kind: MatterKind, state: MatterState) -> None:
    """Raise InvalidInput where what is of this kind has no such state."""
    if state not in STATES[kind]:
        names = ", ".join(each.value for each in STATES[kind])
        raise InvalidInput(details=[Fault("state", f"must be one of {names}")])


def quote(content: str) -> str:
    """The beginning of a message's words, in one line; what ends before its end shows so."""
    line = " ".join(text_of(content).replace("\x00", "").split())
    if not line:
        return UNTITLED
    return line if len(line) <= QUOTE_LIMIT else f"{line[:QUOTE_LIMIT].rstrip()}…"


def quotable(message: Message) -> Message:
    """The message, which something may be written down from. Raises AlreadyDeleted."""
    if message.deleted_at is not None:
        raise AlreadyDeleted
    return message


def matter_title(text: str) -> str:
    """A title in one line.

    Raises:
        InvalidInput: nothing is left, it is longer than 300 characters, or it cannot be stored.
    """
    title = " ".join(storable(text, "title").split())
    if not title:
        raise InvalidInput(details=[Fault("title", "must not be empty")])
    if len(title) > TITLE_LIMIT:
        raise InvalidInput(details=[Fault("title", f"must have at most {TITLE_LIMIT} characters")])
    return title


def matter_note(text: str) -> str:
    """A note without surrounding white space. Raises InvalidInput where it is too long or cannot be stored."""
    note = storable(text, "note").strip()
    if len(note) > NOTE_LIMIT:
        raise InvalidInput(details=[Fault("note", f"must have at most {NOTE_LIMIT} characters")])
    return note
