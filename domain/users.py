"""People."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.ids import UserId


class Right(Enum):
    """What a bot may be allowed: to see its rooms, to change what is in them, to have Jarvis answer."""

    READ = "read"
    WRITE = "write"
    ASK = "ask"


Rights = frozenset[Right]


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account. ``email`` is any non-empty text that names exactly one person.

    ``email_verified_at`` is when it was last shown that mail to this address reaches the person. Who is ``disabled_at``
    some time cannot get in any more. ``rights`` are what a bot is allowed; a person has none of their own, and may do
    whatever people may.
    """

    id: UserId
    email: str
    name: str
    created_at: datetime
    department: str | None = None
    avatar_url: str | None = None
    last_seen_at: datetime | None = None
    is_administrator: bool = False
    disabled_at: datetime | None = None
    email_verified_at: datetime | None = None
    rights: Rights | None = None

    @property
    def is_bot(self) -> bool:
        """Whether it is somebody's program."""
        return self.rights is not None


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a use case runs, or the bot, with the ``rights`` it has."""

    id: UserId
    name: str
    rights: Rights | None = None

    def may(self, right: Right) -> bool:
        """Whether this is a person, or a bot with this right."""
        return self.rights is None or right in self.rights


def name_from_email(email: str) -> str:
    """The part before the ``@``, or the whole text where there is none."""
    return email.split("@", 1)[0] or email
