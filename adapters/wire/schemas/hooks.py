"""Hooks of rooms."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Count, Id, Seq, Time


class IncomingHook(TypedDict):
    """An address at which programs post into a room."""

    id: Id
    roomId: Id
    name: str
    createdBy: Id
    createdAt: Time


class NewIncomingHook(IncomingHook):
    """A hook just made or renewed; the path holds its secret and is shown this once."""

    path: str


class OutgoingHook(TypedDict):
    """An address that is told what happens in a room, and how it goes there."""

    id: Id
    roomId: Id
    name: str
    url: str
    events: list[str]
    createdBy: Id
    createdAt: Time
    enabled: bool
    disabledAt: Time | None
    deliveredSeq: Seq
    failures: Count
    failingSince: Time | None
    error: str | None


class NewOutgoingHook(OutgoingHook):
    """A hook just made or renewed; the secret that it signs with is shown this once."""

    secret: str


class RoomHooks(TypedDict):
    """All hooks of a room."""

    incoming: list[IncomingHook]
    outgoing: list[OutgoingHook]


class HookPosted(TypedDict):
    """The message that came of a post."""

    ok: Literal[True]
    messageId: Id
    seq: Seq
