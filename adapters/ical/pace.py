"""How long work in a thread may go on, and that it lets others have their turn."""

from collections.abc import Callable
from time import sleep, thread_time

PATIENCE = 5.0
"""Seconds of the processor for one file."""
_AT_A_STRETCH = 0.002
_REST = 0.001


class TakesTooLong(Exception):
    """The work has gone on for longer than it may."""


class Pace:
    """For one piece of work, by the thread that does it. Seconds are those that the thread itself has computed, so that
    nothing is refused because the machine is busy. A thread holds up all others while it computes, whatever they are
    at: it rests after every stretch."""

    def __init__(
        self,
        patience: float | None = None,
        timer: Callable[[], float] = thread_time,
        rest: Callable[[float], None] = sleep,
    ) -> None:
        """``patience``: None for work that ends by itself."""
        self._timer, self._rest, self._patience = timer, rest, patience
        self._began = self._rested = timer()

    def step(self) -> None:
        """To be called again and again. Raises TakesTooLong."""
        now = self._timer()
        if self._patience is not None and now - self._began > self._patience:
            raise TakesTooLong
        if now - self._rested > _AT_A_STRETCH:
            self._rest(_REST)
            self._rested = now
