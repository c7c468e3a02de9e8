"""Proof that a session is one's own."""

from typing import Protocol

from domain.ids import SessionId


class RefreshTokens(Protocol):
    """Makes and reads refresh tokens. The same name always makes the same token."""

    def seal(self, session_id: SessionId, name: str) -> str:
        """The refresh token of a session that goes by this name."""

    def read(self, token: str) -> tuple[SessionId, str]:
        """The session and the name. Raises InvalidToken where it was not made here."""
