"""Proof of who somebody is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ids import UserId
from domain.users import User


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says. ``token_id`` names the token itself, for revocation."""

    user_id: UserId
    token_id: str
    expires_at: datetime


class Tokens(Protocol):
    """Issues and reads tokens."""

    def issue(self, user: User) -> str:
        """A new token for the user."""

    def read(self, token: str) -> Claims:
        """What the token says. Raises InvalidToken where it is malformed, badly signed or expired."""
