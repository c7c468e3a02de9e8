"""Requests that may come again: the header ``Idempotency-Key``."""

from aiohttp import web

from domain.errors import Fault, InvalidInput

HEADER = "Idempotency-Key"


def key_of(request: web.Request, named: str | None, field: str) -> str | None:
    """The key of a request: its header, or ``named``, what the body calls it by the name of ``field``.

    Raises InvalidInput where the two differ.
    """
    header = request.headers.get(HEADER)
    if header is None:
        return named
    if named is not None and named != header:
        raise InvalidInput(details=[Fault(field, f"must be the same as {HEADER}, or left out")])
    return header
