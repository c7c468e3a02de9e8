"""What the process writes about itself, to standard error: a line for people, or one JSON object a line.

Everything goes through the standard library's loggers, the libraries' lines too, and is formatted here by structlog.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence
from typing import Any, Literal, TextIO

import orjson
import structlog
from structlog.typing import EventDict, ProcessorReturnValue, WrappedLogger

from adapters.observability.discretion import hider, outline, without_quotations
from application.correlation import current_question_id, current_request_id

LogFormat = Literal["text", "json"]

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_OURS = ("domain", "application", "adapters", "entrypoints")
_QUIETER = {
    # On a client without a common subprotocol it writes down all that were offered, a bearer token among them.
    "aiohttp.websocket": logging.ERROR,
}
_FIRST = ("timestamp", "level", "logger", "event")

_log = logging.getLogger(__name__)


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, format_: LogFormat, secrets: Sequence[str]) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _correlate,
                _outline_exception,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _as_json if format_ == "json" else _as_text,
            ],
        )
        self._hide = hider(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return self._hide(super().format(without_quotations(record)))


def set_up(
    level: str, format_: LogFormat = "text", secrets: Sequence[str] = (), stream: TextIO | None = None
) -> logging.Handler:
    """Write Jarvis's lines from ``level`` (debug, info, warning, error) on, and the libraries' from warning on, to
    ``stream`` or standard error.

    ``secrets`` are taken out of any line they should get into. Answers the handler, the process's only one.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Formatter(format_, secrets))
    root = logging.getLogger()
    for former in [h for h in root.handlers if isinstance(h.formatter, _Formatter)]:
        root.removeHandler(former)
    root.addHandler(handler)
    # Some libraries write whole requests down at debug, and some at info.
    root.setLevel(max(_LEVELS[level], logging.WARNING))
    for name in _OURS:
        logging.getLogger(name).setLevel(_LEVELS[level])
    for name, quieter in _QUIETER.items():
        logging.getLogger(name).setLevel(quieter)
    return handler


def on_loop_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For an event loop's exception handler: what nobody took care of, without the values that asyncio would show."""
    what = " ".join(str(context.get("message", "")).split()[:3])
    error = context.get("exception")
    _log.error("in the event loop: %s", what, exc_info=error if isinstance(error, BaseException) else None)


def _correlate(_: WrappedLogger, __: str, line: EventDict) -> ProcessorReturnValue:
    for other_handlers in ("message", "asctime"):
        line.pop(other_handlers, None)
    request_id, question_id = current_request_id(), current_question_id()
    if request_id is not None:
        line.setdefault("request_id", request_id)
    if question_id is not None:
        line.setdefault("question_id", question_id)
    return line


def _outline_exception(_: WrappedLogger, __: str, line: EventDict) -> ProcessorReturnValue:
    info = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else None
    if error is not None:
        line["exception"] = outline(error)
    return line


def _as_json(_: WrappedLogger, __: str, line: EventDict) -> str:
    ordered = {name: line.pop(name) for name in _FIRST if name in line}
    return orjson.dumps({**ordered, **line}, default=_shown, option=orjson.OPT_NON_STR_KEYS).decode()


def _as_text(_: WrappedLogger, __: str, line: EventDict) -> str:
    timestamp, level, logger, event = (line.pop(name, "") for name in _FIRST)
    exception = line.pop("exception", None)
    more = "".join(f" {name}={value}" for name, value in line.items())
    return f"{timestamp} {level.upper()} {logger}: {event}{more}" + (f"\n{exception}" if exception else "")


def _shown(value: object) -> str:
    return type(value).__qualname__ if isinstance(value, BaseException) else str(value)
