"""Who is here."""

from dataclasses import dataclass

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
