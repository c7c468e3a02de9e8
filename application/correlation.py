"""Which request what happens now belongs to: followed from where it comes in, through the queue, to the worker.

Tasks that are started in its course inherit it. It is only for logs and traces; nothing is decided by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_question_id: ContextVar[str | None] = ContextVar("question_id", default=None)


def current_request_id() -> str | None:
    """The id of the HTTP request or the socket that all this goes back to; None where it goes back to none."""
    return _request_id.get()


def current_question_id() -> str | None:
    """The id of the question to Jarvis that is being answered, or None."""
    return _question_id.get()


def bind_request_id(request_id: str) -> None:
    """From now on this task works for that request."""
    _request_id.set(request_id)


def bind_question_id(question_id: str) -> None:
    """From now on this task answers that question."""
    _question_id.set(question_id)


@contextmanager
def bound_request_id(request_id: str | None) -> Iterator[None]:
    """Work for that request, or for none, for the length of the block."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)
