"""People."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import UserId


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account. ``email`` is any non-empty text that names exactly one person.

    ``email_verified_at`` is when it was last shown that mail to this address reaches the person. Who is ``disabled_at``
    some time cannot get in any more.
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


@dataclass(frozen=True, slots=True)
class Actor:
    """The person on whose behalf a use case runs."""

    id: UserId
    name: str


def name_from_email(email: str) -> str:
    """The part before the ``@``, or the whole text where there is none."""
    return email.split("@", 1)[0] or email
