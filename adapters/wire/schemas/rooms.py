"""Rooms and who is in them."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.accounts import Account
from adapters.wire.schemas.values import Count, Id, RoleName, Seq, Time


class Room(TypedDict):
    """A room as its reader sees it."""

    id: Id
    type: Literal["group", "direct"]
    title: str
    createdBy: Id
    createdAt: Time
    membersCount: Count
    lastMessageAt: Time
    lastReadSeq: Seq
    unreadCount: Count


class Person(Account):
    """Somebody in the directory."""

    isOnline: bool
    lastSeenAt: Time | None


class Member(Person):
    """Somebody in a room."""

    isBot: bool
    role: RoleName
    department: str | None
    avatarUrl: str | None
    joinedAt: Time
    lastReadSeq: Seq


class Invited(TypedDict):
    """How many came in, and how many did not, since they are there or do not exist."""

    ok: Literal[True]
    added: Count
    skipped: Count


class RoleGiven(TypedDict):
    """The role that somebody has now."""

    ok: Literal[True]
    userId: Id
    role: RoleName


class LanguageChosen(TypedDict):
    """The language in which the room is read; null is as it was written."""

    lang: str | None
