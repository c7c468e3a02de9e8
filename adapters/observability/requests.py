"""HTTP requests, measured and logged; and who may read the metrics."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from time import perf_counter

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from adapters.observability.metrics import CONTENT_TYPE, Metrics

_log = logging.getLogger(__name__)

Show = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""Answers a request for the metrics."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")
_SLOW = 1.0
"""Seconds after which a request is worth a warning."""

_UNWATCHED = frozenset({"/ws"})
"""What lasts as long as a socket is open."""


def observe_requests(metrics: Metrics) -> Middleware:
    """A middleware, the outermost, that measures every request but the sockets'."""

    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        started, status = perf_counter(), 500
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            _note(metrics, request, status, perf_counter() - started)

    @web.middleware
    def observe(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
        # A coroutine here would live as long as the socket.
        return handler(request) if _route(request) in _UNWATCHED else measure(request, handler)

    return observe


def scrape(metrics: Metrics, token: str | None) -> Show:
    """A handler that shows the metrics to whoever has the token, or where there is none, to callers nearby."""

    async def show(request: web.Request) -> web.StreamResponse:
        if not _may_read(request, token):
            refused = {} if token is None else {"WWW-Authenticate": "Bearer"}
            return web.Response(
                status=403 if token is None else 401, text="The metrics are not for you.", headers=refused
            )
        return web.Response(
            body=await metrics.show(), headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
        )

    return show


def _may_read(request: web.Request, token: str | None) -> bool:
    if token is not None:
        scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").strip().partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    # Behind a proxy everybody comes from nearby.
    return not any(name in request.headers for name in _FORWARDED) and _is_nearby(request.remote)


def _is_nearby(address: str | None) -> bool:
    if not address:
        return True  # a unix socket
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return ip.is_loopback or ip.is_private


def _note(metrics: Metrics, request: web.Request, status: int, seconds: float) -> None:
    method = request.method if request.method in _METHODS else "other"
    route = _route(request)
    metrics.request_answered(method, route, status, seconds)
    level = logging.WARNING if seconds >= _SLOW else logging.INFO if status >= 400 else logging.DEBUG
    if _log.isEnabledFor(level):
        more = {"method": method, "route": route, "status": status, "seconds": round(seconds, 4)}
        _log.log(level, "a slow request" if seconds >= _SLOW else "a request", extra=more)


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"
