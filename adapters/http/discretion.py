"""Keeps what requests carry, tokens above all, out of what the libraries write into the log."""

import logging
import traceback

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

_FAULTS_OF_THE_CLIENT = (HttpProcessingError, web.RequestPayloadError)


def outline(error: BaseException) -> str:
    """What sort of error it is and where it happened, without its message: that may quote a text or a token."""
    return f"{type(error).__qualname__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def hush_libraries() -> None:
    """Stop aiohttp-jwt from writing down bad tokens, and aiohttp from quoting requests it could not read."""
    logging.getLogger("aiohttp_jwt.middleware").disabled = True
    server = logging.getLogger("aiohttp.server")
    if _without_quotations not in server.filters:
        server.addFilter(_without_quotations)


def _without_quotations(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return True
    said = record.getMessage()
    if isinstance(error, _FAULTS_OF_THE_CLIENT):
        record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        record.msg = f"{said}: {type(error).__qualname__}"
    else:
        record.msg = f"{said}: {outline(error)}"
    record.args, record.exc_info, record.exc_text = (), None, None
    return True
