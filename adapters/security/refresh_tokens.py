"""Refresh tokens: the name of a session and of the token, and a proof that they were made here."""

import hmac
import re
from hashlib import sha256
from uuid import UUID

from domain.errors import InvalidToken
from domain.ids import SessionId

_PURPOSE = b"refresh tokens"
_FORM = re.compile(r"jrt\.([0-9a-f]{32})\.([A-Za-z0-9_-]{1,100})\.([0-9a-f]{64})", re.ASCII)


class SealedRefreshTokens:
    """``jrt.<session>.<name>.<HMAC-SHA-256 of both>``, with a key that is made of the server's secret."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, sha256)

    def seal(self, session_id: SessionId, name: str) -> str:
        sealed = f"{session_id.hex}.{name}"
        return f"jrt.{sealed}.{self._proof(sealed)}"

    def read(self, token: str) -> tuple[SessionId, str]:
        form = _FORM.fullmatch(token)
        if form is None:
            raise InvalidToken
        session_id, name, proof = form.groups()
        if not hmac.compare_digest(proof, self._proof(f"{session_id}.{name}")):
            raise InvalidToken
        return SessionId(UUID(session_id)), name

    def _proof(self, sealed: str) -> str:
        return hmac.digest(self._key, sealed.encode(), sha256).hex()
