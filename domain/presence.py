"""Who is here."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import UserId
from domain.rooms import Member
from domain.users import User


@dataclass(frozen=True, slots=True)
class UserPresence:
    """A person, and whether a socket of theirs is open."""

    user: User
    is_online: bool


@dataclass(frozen=True, slots=True)
class MemberPresence:
    """A member of a room, and whether a socket of theirs is open."""

    member: Member
    user: User
    is_online: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody has come or gone.

    Of two turns of one person the one with the higher ``number`` was later. ``at`` is when they were last known to be
    there.
    """

    user_id: UserId
    is_online: bool
    number: int
    at: datetime
