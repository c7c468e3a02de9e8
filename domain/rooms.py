"""Rooms and who is in them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.errors import Fault, InvalidInput, OwnerOnly
from domain.ids import RoomId, UserId
from domain.text import storable

DEFAULT_TITLE = "New Room"
TITLE_LIMIT = 200


class RoomType(Enum):
    """``group`` for teams; ``direct`` for a talk between two."""

    GROUP = "group"
    DIRECT = "direct"


class Role(Enum):
    """What a member may do: the owner renames and deletes the room."""

    OWNER = "owner"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Room:
    """A room; ``last_seq`` is the number of its newest event, 0 where nothing has happened yet."""

    id: RoomId
    type: RoomType
    title: str
    created_by: UserId
    created_at: datetime
    last_seq: int = 0
    last_message_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoomSummary:
    """A room as it stands in a list of rooms."""

    room: Room
    members_count: int


@dataclass(frozen=True, slots=True)
class Member:
    """A person's place in a room."""

    room_id: RoomId
    user_id: UserId
    role: Role
    joined_at: datetime

    def require_owner(self) -> None:
        """Raise OwnerOnly unless this member owns the room."""
        if self.role is not Role.OWNER:
            raise OwnerOnly


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
