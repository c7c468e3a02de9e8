"""People."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account. ``email`` is any non-empty text that names exactly one person."""

    id: UserId
    email: str
    name: str
    created_at: datetime
    department: str | None = None
    avatar_url: str | None = None
    last_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a use case runs."""

    id: UserId
    name: str


def name_from_email(email: str) -> str:
    """The part before the ``@``, or the whole text where there is none."""
    return email.split("@", 1)[0] or email
