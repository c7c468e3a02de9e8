"""What stands in a room's log, as the socket tells it."""

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from adapters.wire.schemas.cards import Card
from adapters.wire.schemas.matters import Matter
from adapters.wire.schemas.messages import BotMessage, Message, Reaction
from adapters.wire.schemas.values import Id, RoleName, Time


class MessageDeleted(TypedDict):
    """A message is gone; it keeps its place."""

    roomId: Id
    messageId: Id


class ReactionsChanged(TypedDict):
    """All the reactions that a message has now."""

    roomId: Id
    messageId: Id
    reactions: list[Reaction]


class PinChanged(TypedDict):
    """Whether a message is pinned now."""

    roomId: Id
    messageId: Id
    pinnedAt: Time | None
    pinnedByUserId: Id | None


class Membership(TypedDict):
    """Who has come or gone."""

    roomId: Id
    userId: Id
    userName: str


class MembershipChanged(Membership):
    """Who has another role now."""

    role: RoleName


class RoomRenamed(TypedDict):
    """The room's title now."""

    roomId: Id
    title: str


class TaskRemoved(TypedDict):
    """A task is gone."""

    roomId: Id
    taskId: Id


class DecisionRemoved(TypedDict):
    """A decision is gone."""

    roomId: Id
    decisionId: Id


class CardRemoved(TypedDict):
    """A card is gone."""

    roomId: Id
    cardId: Id


LOGGED: Mapping[str, Any] = {
    "message.new": Message,
    "message.updated": Message,
    "message.deleted": MessageDeleted,
    "reaction.updated": ReactionsChanged,
    "pin.updated": PinChanged,
    "bot.done": BotMessage,
    "room.member.added": Membership,
    "room.member.removed": Membership,
    "room.member.updated": MembershipChanged,
    "room.updated": RoomRenamed,
    "task.added": Matter,
    "task.updated": Matter,
    "task.removed": TaskRemoved,
    "decision.added": Matter,
    "decision.updated": Matter,
    "decision.removed": DecisionRemoved,
    "card.added": Card,
    "card.updated": Card,
    "card.removed": CardRemoved,
}
"""What stands in a room's log, with ``roomId`` and ``seq`` in its envelope."""
