"""What a request prefers of its answer: the header ``Prefer`` (RFC 7240)."""

import re
from typing import Any
from urllib.request import parse_http_list

from aiohttp import web

from adapters.http.answers import answer

HEADER = "Prefer"
APPLIED = "Preference-Applied"
RESPOND_ASYNC = "respond-async"

_NAME_ENDS = re.compile(r"\s*[=;]")


def patience_of(request: web.Request, at_most: float) -> float:
    """The seconds for which the request may be kept waiting: none where it would rather be answered at once."""
    return 0.0 if _prefers(request, RESPOND_ASYNC) else at_most


def accepted(request: web.Request, content: Any, *, job_id: object) -> web.Response:
    """The answer to a request that is kept waiting no longer, where ``job_id`` will see to it."""
    response = answer(content, status=202)
    response.headers["Location"] = f"/jobs/{job_id}"
    if _prefers(request, RESPOND_ASYNC):
        response.headers[APPLIED] = RESPOND_ASYNC
    return response


def _prefers(request: web.Request, name: str) -> bool:
    """Whether one of the preferences has this name, whatever its value and its parameters."""
    lines = request.headers.getall(HEADER, ())
    return any(_NAME_ENDS.split(one, 1)[0].lower() == name for line in lines for one in parse_http_list(line))
