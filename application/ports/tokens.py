"""Proof of who somebody is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from domain.ids import SessionId, UserId
from domain.users import User


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. ``token_id`` names the token itself, for revocation.

    A short-lived token belongs to a session and is good while that is; others stand for themselves.
    """

    user_id: UserId
    token_id: str
    expires_at: datetime
    session_id: SessionId | None = None


class Tokens(Protocol):
    """Issues and reads tokens."""

    def issue(self, user: User, session_id: SessionId | None = None, *, lifetime: timedelta | None = None) -> str:
        """A new token for the user: a short-lived one of this session, or one that stands for itself; ``lifetime`` is
        how long it is good where that is not as usual."""

    def read(self, token: str) -> Claims:
        """What the token says. Raises InvalidToken where it is malformed, badly signed or expired."""
