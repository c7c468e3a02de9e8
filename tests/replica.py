"""A room as a client knows it: what it fetched once, and the events it heard since."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from domain.events import (
    AnswerPosted,
    MemberAdded,
    MemberRemoved,
    MemberUpdated,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PinChanged,
    ReactionsChanged,
    RoomEvent,
    RoomRenamed,
)
from domain.ideas import Card
from domain.ids import CardId, MatterId, MessageId, UserId
from domain.knowledge_events import CardRemoved, KnowledgeEvent
from domain.matter_events import MatterEvent, MatterRemoved
from domain.matters import Matter
from domain.mentions import NOBODY
from domain.messages import DELETED_TEXT, Message
from domain.rooms import Role


@dataclass
class Replica:
    """Title, members by id with their roles, all that is told of the messages, in the order of the room, and what there
    is to settle and to do."""

    title: str
    members: dict[UserId, tuple[str, Role]]
    messages: dict[MessageId, Message]
    matters: dict[MatterId, Matter] = field(default_factory=dict)
    cards: dict[CardId, Card] = field(default_factory=dict)

    @classmethod
    def of(cls, title: str, members: dict[UserId, tuple[str, Role]], messages: Iterable[Message]) -> "Replica":
        """The room as fetched."""
        return cls(title, dict(members), {message.id: _told(message) for message in messages})

    def copy(self) -> "Replica":
        """The same room, to be changed apart."""
        return Replica(self.title, dict(self.members), dict(self.messages), dict(self.matters), dict(self.cards))

    def hear(self, events: Iterable[RoomEvent]) -> "Replica":
        """Take events in, in the order of their seqs."""
        for event in events:
            if isinstance(event, MatterEvent):
                self._take_matter(event)
            elif isinstance(event, KnowledgeEvent):
                self._take_card(event)
            else:
                self._take(event)
        return self

    def _take(self, event: RoomEvent) -> None:
        match event:
            case MessagePosted() | AnswerPosted():
                self.messages[event.message.id] = _told(event.message)
                self._count(event.message)
            case MessageEdited():
                self.messages[event.message.id] = _told(event.message)
            case MessageDeleted():
                self._change(
                    event.message_id,
                    content=DELETED_TEXT,
                    attachments=(),
                    reactions=(),
                    pin=None,
                    mentions=NOBODY,
                )
            case ReactionsChanged():
                self._change(event.message_id, reactions=event.reactions)
            case PinChanged():
                self._change(event.message_id, pin=event.pin)
            case MemberAdded():
                self.members[event.user_id] = event.user_name, Role.MEMBER
            case MemberUpdated():
                self.members[event.user_id] = event.user_name, event.role
            case MemberRemoved():
                self.members.pop(event.user_id, None)
            case RoomRenamed():
                self.title = event.title

    def _take_card(self, event: KnowledgeEvent) -> None:
        if isinstance(event, CardRemoved):
            self.cards.pop(event.card_id)
        else:
            self.cards[event.card.id] = event.card

    def _take_matter(self, event: MatterEvent) -> None:
        if isinstance(event, MatterRemoved):
            self.matters.pop(event.matter_id, None)
        else:
            self.matters[event.matter.id] = event.matter

    def _change(self, message_id: MessageId, **fields: Any) -> None:
        self.messages[message_id] = replace(self.messages[message_id], **fields)

    def _count(self, reply: Message) -> None:
        """A reply counts for its root unless the root as it was told counts it already."""
        if reply.thread_id is not None:
            root = self.messages[reply.thread_id]
            if reply.seq > (root.last_reply_seq or 0):
                self._change(root.id, reply_count=root.reply_count + 1, last_reply_seq=reply.seq)


def _told(message: Message) -> Message:
    """The message without what its deletion leaves untold."""
    return replace(message, deleted_at=None, deleted_by=None)
