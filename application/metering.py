"""What the language model takes for whatever is being done now, wherever in its course it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """Tokens that were taken in and given out so far."""

    tokens: int = 0


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what is taken in the block, and in tasks that are started in it."""
    meter = Meter()
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def took(tokens: int) -> None:
    """The model took so many tokens, for whoever counts them."""
    meter = _meter.get()
    if meter is not None:
        meter.tokens += tokens
