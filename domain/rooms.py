"""Rooms and who is in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.errors import AdminOnly, Fault, InvalidInput, OwnerOnly
from domain.ids import RoomId, UserId
from domain.text import storable

DEFAULT_TITLE = "New Room"
TITLE_LIMIT = 200

MOST_LOOKED_AT = 1000
LEAST_LOOKED_AT = 50
LOOKED_AT_IN_ALL = 25_000

Pair = tuple[UserId, UserId]


class RoomType(Enum):
    """``group`` for teams; ``direct`` for a talk between two, or notes to oneself: one room for each two people."""

    GROUP = "group"
    DIRECT = "direct"


class Role(Enum):
    """What a member may do: the owner everything, and there is one; an admin renames the room and removes members."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Room:
    """A room; ``last_seq`` is the number of its newest event, 0 where nothing has happened yet.

    ``pair`` are the two of a direct room, in the order of their ids.
    """

    id: RoomId
    type: RoomType
    title: str
    created_by: UserId
    created_at: datetime
    last_seq: int = 0
    last_message_at: datetime | None = None
    pair: Pair | None = None


@dataclass(frozen=True, slots=True)
class RoomSummary:
    """A room as it stands in one reader's list of rooms.

    A direct room's title is the name of the other one. ``unread`` are others' messages past ``last_read_seq`` that are
    not deleted, among the newest ``looked_at`` of them.
    """

    room: Room
    members_count: int
    last_read_seq: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a room. What is in its log up to ``last_read_seq`` they have read, or it was there before
    they came."""

    room_id: RoomId
    user_id: UserId
    role: Role
    joined_at: datetime
    last_read_seq: int = 0

    def require_owner(self) -> None:
        """Raise OwnerOnly unless this member owns the room."""
        if self.role is not Role.OWNER:
            raise OwnerOnly

    def require_right_to_rename(self) -> None:
        """Raise OwnerOnly for a plain member."""
        if self.role is Role.MEMBER:
            raise OwnerOnly

    def require_right_to_hooks(self) -> None:
        """Raise AdminOnly for a plain member."""
        if self.role is Role.MEMBER:
            raise AdminOnly

    def require_right_to_remove(self, other: "Member") -> None:
        """Raise AdminOnly for a plain member, and OwnerOnly where only the owner may remove the other."""
        if self.role is Role.MEMBER:
            raise AdminOnly
        if self.role is Role.ADMIN and other.role is not Role.MEMBER:
            raise OwnerOnly


def looked_at(rooms: int) -> int:
    """Among how many of a room's newest messages the unread ones are counted, for who has news in so many rooms.

    A list of up to 500 rooms costs no more than LOOKED_AT_IN_ALL.
    """
    return max(LEAST_LOOKED_AT, min(MOST_LOOKED_AT, LOOKED_AT_IN_ALL // max(rooms, 1)))


def pair_of(one: UserId, other: UserId) -> Pair:
    """The two of a direct room, in the order of their ids; twice the same for notes to oneself."""
    return (one, other) if one <= other else (other, one)


def room_title(text: str, *, limit: int = TITLE_LIMIT) -> str:
    """A title without surrounding white space.

    Raises:
        InvalidInput: nothing is left, it is longer than ``limit`` characters, or it cannot be stored.
    """
    title = storable(text, "title").strip()
    if not title:
        raise InvalidInput(details=[Fault("title", "must not be empty")])
    if len(title) > limit:
        raise InvalidInput(details=[Fault("title", f"must have at most {limit} characters")])
    return title
