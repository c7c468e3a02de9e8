"""JSON Web Tokens, signed with a shared secret (HS256)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt
import orjson
from jwt.types import Options

from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.tokens import Claims
from domain.errors import InvalidToken
from domain.ids import SessionId, UserId
from domain.users import User

ALGORITHM = "HS256"
LIFETIME = timedelta(days=7)
ACCESS_LIFETIME = timedelta(minutes=15)

_LONGEST = 8 * 1024
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_TOKEN_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
_MALFORMED = (jwt.InvalidTokenError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
_TIME_IS_NOT_ASKED: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}


class JwtTokens:
    """Issues and reads tokens with the claims ``sub``, ``email``, ``name``, ``iat``, ``exp`` and ``jti``; those of a
    session also have ``sid``, and are good for ``access_lifetime``."""

    def __init__(
        self,
        secret: str,
        clock: Clock,
        ids: IdSource,
        lifetime: timedelta = LIFETIME,
        access_lifetime: timedelta = ACCESS_LIFETIME,
    ) -> None:
        self._secret = secret
        self._clock = clock
        self._ids = ids
        self._lifetime = lifetime
        self._access_lifetime = access_lifetime

    def issue(self, user: User, session_id: SessionId | None = None, *, lifetime: timedelta | None = None) -> str:
        now = self._clock.now()
        lifetime = lifetime or (self._lifetime if session_id is None else self._access_lifetime)
        claims = {
            "sub": str(user.id),
            "email": user.email,
            "name": user.name,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": str(self._ids.new()),
        }
        if session_id is not None:
            claims["sid"] = str(session_id)
        # UTF-8 rather than escapes: a long name in Korean must still fit into one header.
        return jwt.PyJWS().encode(orjson.dumps(claims), self._secret, ALGORITHM, headers={"typ": "JWT"})

    def read(self, token: str) -> Claims:
        if len(token) > _LONGEST or not token.isascii():
            raise InvalidToken
        try:
            payload = jwt.decode(token, self._secret, algorithms=[ALGORITHM], options=_TIME_IS_NOT_ASKED)
        except _MALFORMED:
            raise InvalidToken from None
        return self.claims_of(payload, token)

    def claims_of(self, payload: Mapping[str, Any], token: str) -> Claims:
        """What the payload of a token means whose signature is known to be good. Raises InvalidToken."""
        expires_at = _time(payload.get("exp"))
        now = self._clock.now()
        if expires_at <= now or ("nbf" in payload and _time(payload["nbf"]) > now):
            raise InvalidToken
        session_id = SessionId(_uuid(payload["sid"])) if "sid" in payload else None
        return Claims(UserId(_uuid(payload.get("sub"))), _token_id(payload.get("jti"), token), expires_at, session_id)


def _uuid(text: object) -> UUID:
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        raise InvalidToken
    return UUID(text)


def _time(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise InvalidToken
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ArithmeticError, OSError, ValueError):
        raise InvalidToken from None


def _token_id(jti: object, token: str) -> str:
    """The token's own id, else a digest of what is signed (the signature itself can be spelt in several ways)."""
    if isinstance(jti, str) and _TOKEN_ID.fullmatch(jti):
        return jti
    return sha256(token.rpartition(".")[0].encode()).hexdigest()
