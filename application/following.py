"""Keeping up with what rooms say, beside everything else that a process does."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from application.ports.clock import Clock
from domain.errors import DomainError

_log = logging.getLogger(__name__)

_LONG_REST = 20


@dataclass(frozen=True, slots=True)
class FollowingPace:
    """How hard one follows.

    ``rests`` so many times as long as it has worked, or 20 times while more is said than it takes in: those who speak
    come first. Where there was nothing it rests 20 times as long too, and at least ``idle_seconds``; after faults up to
    ``longest_pause`` seconds.
    """

    rests: float
    idle_seconds: float
    longest_pause: float


async def follow(
    what: str, turn: Callable[[], Awaitable[int]], waiting: Callable[[], int], clock: Clock, pace: FollowingPace
) -> None:
    """Take turns until cancelled; a turn answers 0 where there was nothing to do.

    ``waiting`` tells how much the last turn has found there; ``what`` is said in the log of a turn that fails.
    """
    before, failures = 0, 0
    while True:
        started = monotonic()
        done = 0
        try:
            done = await turn()
            failures = 0
        except DomainError as error:
            failures += 1
            _log.warning("%s: %s", what, error.code)
        except Exception:  # noqa: BLE001 -- all else goes on, and the next turn may do
            failures += 1
            _log.exception("%s", what)
        seconds = monotonic() - started
        rests = _LONG_REST if waiting() > before else pace.rests
        before = waiting()
        if failures:
            await clock.sleep(min(2.0**failures, pace.longest_pause))
        else:
            # Never more than a small share of the database's time, however many rooms there are to look at.
            await clock.sleep(seconds * rests if done else max(pace.idle_seconds, seconds * _LONG_REST))
