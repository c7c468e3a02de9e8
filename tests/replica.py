"""A room as a client knows it: what it fetched once, and the events it heard since."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.events import (
    AnswerPosted,
    MemberAdded,
    MemberRemoved,
    MemberUpdated,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomEvent,
    RoomRenamed,
)
from domain.ids import MessageId, UserId
from domain.messages import DELETED_TEXT, Message
from domain.rooms import Role


@dataclass
class Replica:
    """Title, members by id with their roles, and texts by message in the order of the room."""

    title: str
    members: dict[UserId, tuple[str, Role]]
    texts: dict[MessageId, str]

    @classmethod
    def of(cls, title: str, members: dict[UserId, tuple[str, Role]], messages: Iterable[Message]) -> "Replica":
        """The room as fetched."""
        return cls(title, dict(members), {message.id: message.content for message in messages})

    def copy(self) -> "Replica":
        """The same room, to be changed apart."""
        return Replica(self.title, dict(self.members), dict(self.texts))

    def hear(self, events: Iterable[RoomEvent]) -> "Replica":
        """Take events in, in the order of their seqs."""
        for event in events:
            self._take(event)
        return self

    def _take(self, event: RoomEvent) -> None:
        match event:
            case MessagePosted() | AnswerPosted() | MessageEdited():
                self.texts[event.message.id] = event.message.content
            case MessageDeleted():
                self.texts[event.message_id] = DELETED_TEXT
            case MemberAdded():
                self.members[event.user_id] = event.user_name, Role.MEMBER
            case MemberUpdated():
                self.members[event.user_id] = event.user_name, event.role
            case MemberRemoved():
                self.members.pop(event.user_id, None)
            case RoomRenamed():
                self.title = event.title
