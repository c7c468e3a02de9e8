"""Who makes a request: a bearer token, checked with aiohttp-jwt."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp_jwt import JWTMiddleware

from adapters.http.bot_rights import require_right
from adapters.http.errors import Handler
from adapters.http.keys import ACCOUNTS, CLAIMS, THROTTLE, USER
from application.ports.tokens import Claims
from domain.errors import InvalidToken, NoToken

ClaimsOf = Callable[[Mapping[str, Any], str], Claims]
"""What the payload of a well-signed token means; raises InvalidToken. Takes the payload and the token."""

_LIBRARY_FAILURES = (web.HTTPException, ArithmeticError, LookupError, RecursionError, TypeError, ValueError)


class _Admission:
    """Stands before the library in the place of the request, shows it the token alone, and takes the payload."""

    __slots__ = ("payload", "token")

    method = "GET"

    def __init__(self, token: str) -> None:
        self.token = token
        self.payload: Mapping[str, Any] = {}

    def __setitem__(self, _property: str, payload: Mapping[str, Any]) -> None:
        self.payload = payload


def authentication(secret: str, claims_of: ClaimsOf, open_paths: Collection[str]) -> Middleware:
    """A middleware that lets nobody pass without a good token of a known user, but to ``open_paths``.

    An address that does not exist is left to be refused as such.
    """
    check = JWTMiddleware(secret, token_getter=_shown, algorithms=["HS256"])

    async def ask(request: web.Request, handler: Handler) -> web.StreamResponse:
        admission = _Admission(_token_of(request))
        try:
            await check(admission, _admit)
        except _LIBRARY_FAILURES:
            raise InvalidToken from None
        claims = claims_of(admission.payload, admission.token)
        request[USER] = await request.app[ACCOUNTS].identify(claims)
        request[CLAIMS] = claims
        await request.app[THROTTLE].call(claims.user_id)
        require_right(request)
        return await handler(request)

    @web.middleware
    def authenticate(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
        resource = request.match_info.route.resource
        if resource is None or resource.canonical in open_paths:
            return handler(request)
        return ask(request, handler)

    return authenticate


def _shown(admission: _Admission) -> str:
    return admission.token


async def _admit(_: _Admission) -> None:
    return None


def _token_of(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        token = request.query.get("token", "")
    token = token.strip()
    if not token:
        raise NoToken
    if not token.isascii():
        raise InvalidToken
    return token
