"""Refusals and failures, as the wire contract words them."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

from adapters.http.addresses import client_address
from adapters.http.answers import answer
from adapters.http.discretion import outline
from adapters.http.keys import PROXIES, REQUEST_ID, THROTTLE
from adapters.wire.shapes import wire_seconds
from domain.errors import DomainError, Fault, Kind, RateLimited

logger = logging.getLogger(__name__)

STATUS = MappingProxyType(
    {
        Kind.UNAUTHENTICATED: 401,
        Kind.FORBIDDEN: 403,
        Kind.MISSING: 404,
        Kind.CONFLICT: 409,
        Kind.INVALID: 400,
        Kind.TOO_LARGE: 413,
        Kind.LIMITED: 429,
        Kind.UNAVAILABLE: 503,
        Kind.UPSTREAM: 502,
        Kind.NOT_CONFIGURED: 501,
    }
)
"""The one place where a kind of refusal becomes a status."""

_CODES = {400: "VALIDATION_FAILED", 413: "PAYLOAD_TOO_LARGE", 429: "RATE_LIMITED"}
_MESSAGES = {
    404: "There is no such address.",
    405: "This address does not take that method.",
    413: "The request is too large.",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into the contract's error body."""
    try:
        if not _is_of_the_house(request):
            await request.app[THROTTLE].call_from(client_address(request, request.app[PROXIES]))
        return await handler(request)
    except DomainError as error:
        return refusal(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _refused_by_the_framework(request, error)
    except Exception as error:  # noqa: BLE001 - the last resort: nothing of the inside may show
        if not _is_gone(request, error):
            _log(request, error)
        if request.writer.output_size > 0 and request.transport is not None:
            request.transport.close()  # an answer had begun: another one must not follow it
        return _body(request, 500, "INTERNAL_ERROR", "Something went wrong here. It has been written down.")


def refusal(request: web.Request, error: DomainError) -> web.Response:
    """The answer to a request that a use case refused."""
    response = _body(request, STATUS[error.kind], error.code, error.message, error.details)
    if isinstance(error, RateLimited):
        response.headers["Retry-After"] = str(wire_seconds(error))
    return response


def unreadable(request_id: str, status: int) -> web.Response:
    """The answer to what is no HTTP, or more of it than is read; the connection ends with it."""
    details = (Fault("request", "could not be read as HTTP"),)
    response = answer(_content(request_id, "VALIDATION_FAILED", "The request is not valid.", details), status=status)
    response.headers.update({"Server": "Jarvis", "X-Request-Id": request_id})
    response.force_close()
    return response


def _is_gone(request: web.Request, error: Exception) -> bool:
    """Whether the error is that who asked did not wait for the answer."""
    return isinstance(error, ConnectionError) and (request.transport is None or request.transport.is_closing())


def _is_of_the_house(request: web.Request) -> bool:
    # Balancers and monitoring ask often, and from one address.
    return request.path == "/metrics" or request.path.startswith("/health")


def _refused_by_the_framework(request: web.Request, error: web.HTTPException) -> web.Response:
    status = error.status
    response = _body(
        request,
        status,
        _CODES.get(status) or HTTPStatus(status).name,
        _MESSAGES.get(status, "The request was refused."),
    )
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _body(
    request: web.Request, status: int, code: str, message: str, details: Sequence[Fault] | None = None
) -> web.Response:
    return answer(_content(request[REQUEST_ID], code, message, details), status=status)


def _content(request_id: str, code: str, message: str, details: Sequence[Fault] | None) -> dict[str, object]:
    content: dict[str, object] = {"error": code, "message": message, "requestId": request_id}
    if code == "VALIDATION_FAILED" or details:
        content["details"] = [{"field": fault.field, "message": fault.message} for fault in details or ()]
    return content


def _log(request: web.Request, error: Exception) -> None:
    resource = request.match_info.route.resource
    logger.error(
        "request %s: %s %s failed with %s",
        request[REQUEST_ID],
        request.method,
        resource.canonical if resource is not None else "?",
        outline(error),
        extra={"request_id": request[REQUEST_ID]},
    )
