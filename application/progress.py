"""How far a job is: told while it is done, wherever in its course that is known."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

READING = 0.9
"""How much of a job is done when all of the talk is read: what was found in its parts is still to be put together."""


@dataclass(slots=True)
class _Course:
    tell: Callable[[float], None]
    told: float = 0.0
    taken: float = 0.0
    read: float = 0.0


_course: ContextVar[_Course | None] = ContextVar("course", default=None)


@contextmanager
def telling(tell: Callable[[float], None]) -> Iterator[None]:
    """Have ``tell`` hear how far that is which is done in the block, and in tasks that are started in it: up to 1, and
    each time more than the time before."""
    token = _course.set(_Course(tell))
    try:
        yield
    finally:
        _course.reset(token)


def reached(share: float) -> None:
    """So much of all is done, for whoever wants to hear it."""
    course = _course.get()
    share = round(min(share, 1.0), 3)
    if course is not None and share > course.told:
        course.told = share
        course.tell(share)


def taken(share: float) -> None:
    """So much of the talk has been taken out, in order to be read."""
    course = _course.get()
    if course is not None:
        course.taken = max(course.taken, min(share, 1.0))


def read(*, left: int) -> None:
    """One of the parts that were taken out is read; as many are ``left``."""
    course = _course.get()
    if course is not None:
        course.read += (course.taken - course.read) / (left + 1)
        reached(READING * course.read)
