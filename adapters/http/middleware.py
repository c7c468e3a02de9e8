"""What every request passes on its way in, and every answer on its way out.

What only looks at a request on its way in is a plain function: the coroutines above an open socket live as long as it.
"""

import re
from collections.abc import Awaitable

from aiohttp import web

from adapters.http.errors import Handler
from adapters.http.keys import IDS, ORIGINS, REQUEST_ID
from application.correlation import bind_request_id
from domain.errors import Forbidden

PREFLIGHT_IS_GOOD_FOR = 600
"""Seconds for which a browser need not ask again."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
_HEADER_VALUE = re.compile(r"[\x21-\x7e]+", re.ASCII)
_SHOWN_TO_PAGES = "Content-Disposition, Content-Range, ETag, Location, Preference-Applied, X-Request-Id, Retry-After"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Prefer, Range, X-Request-Id"
    ),
    "Access-Control-Max-Age": str(PREFLIGHT_IS_GOOD_FOR),
}


@web.middleware
def name_request(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
    """Give the request its id: the caller's ``X-Request-Id`` where it is sane, else a new one."""
    given = request.headers.get("X-Request-Id", "")
    request[REQUEST_ID] = given if _REQUEST_ID.fullmatch(given) else str(request.app[IDS].new())
    bind_request_id(request[REQUEST_ID])
    return handler(request)


@web.middleware
def check_origin(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
    """Refuse pages of other origins, the upgrade to a WebSocket included, and answer preflights."""
    if not origin_allowed(request):
        raise Forbidden("Pages of this origin may not call here.")
    if _is_preflight(request):
        return _welcome()
    return handler(request)


def _is_preflight(request: web.Request) -> bool:
    headers = request.headers
    return request.method == "OPTIONS" and "Origin" in headers and "Access-Control-Request-Method" in headers


async def _welcome() -> web.Response:
    return web.Response(status=204, headers=_PREFLIGHT)


def origin_allowed(request: web.Request) -> bool:
    """Whether the page that makes this request may do so."""
    return request.app[ORIGINS].admits(request.headers.get("Origin"), request.headers.get("Host", ""))


async def sign_off(request: web.Request, response: web.StreamResponse) -> None:
    """Set the headers that every answer has, refusals and failures included."""
    response.headers.popall("Server", None)
    if response.status == 101:
        return  # an upgrade's headers would be kept for as long as the socket is open
    headers = response.headers
    headers["X-Request-Id"] = request.get(REQUEST_ID, "")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "DENY"
    headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    headers["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin is not None and _HEADER_VALUE.fullmatch(origin) and origin_allowed(request):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _SHOWN_TO_PAGES
