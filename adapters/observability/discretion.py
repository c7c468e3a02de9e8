"""Keeps texts, tokens and secrets out of what is written about the process."""

import logging
import re
import traceback
from collections.abc import Callable, Sequence

_HIDDEN = (
    (re.compile(r"\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"\bjrt\.[0-9a-f]{32}\.[\w.-]+"), "[token]"),
    (re.compile(r"(?i)\b(bearer[ .]|token=)[^\s&\"',;]+"), r"\1[token]"),
    (re.compile(r"(://)[^/\s@\"']*@"), r"\1[hidden]@"),
)
_SHORTEST_SECRET = 6


def outline(error: BaseException) -> str:
    """What sort of error it is, where it happened and what caused it, without any message: that may quote a text."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{type(current).__module__}.{type(current).__qualname__}\n{frames}".rstrip())
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\ncaused by ".join(parts)


def without_quotations(record: logging.LogRecord) -> logging.LogRecord:
    """The record with every exception among what it says reduced to its type."""
    if isinstance(record.args, tuple) and any(isinstance(argument, BaseException) for argument in record.args):
        record = logging.makeLogRecord(record.__dict__)
        arguments = record.args if isinstance(record.args, tuple) else ()
        record.args = tuple(type(a).__qualname__ if isinstance(a, BaseException) else a for a in arguments)
    elif isinstance(record.msg, BaseException):
        record = logging.makeLogRecord(record.__dict__)
        record.msg = type(record.msg).__qualname__
    return record


def hider(secrets: Sequence[str]) -> Callable[[str], str]:
    """A function that takes these secrets, and whatever looks like a token or a password, out of a line.

    The last defence: nothing that writes a line should put one there.
    """
    known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def hide(line: str) -> str:
        for secret in known:
            if secret in line:
                line = line.replace(secret, "[secret]")
        for pattern, instead in _HIDDEN:
            line = pattern.sub(instead, line)
        return line

    return hide
