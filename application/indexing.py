"""Keeping the text index close behind what is said, beside everything else that a process does."""

import logging
from time import monotonic

from application.ports.clock import Clock
from application.ports.unit_of_work import Work
from domain.errors import DomainError

_log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
_ROOMS = 64
_EVENTS = 128
_LONGEST_PAUSE = 30.0
_RESTS, _RESTS_IN_A_RUSH = 3, 20
"""So many times as long as it has worked it rests, the more while more is said than it takes in: those who speak come
first, and what it has not seen is found all the same."""


class TextIndexing:
    """Follows the rooms' logs, as one of any number that do so."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock
        self.waiting = 0
        """How many events the index had not seen when that was last asked for."""

    async def turn(self) -> int:
        """Take in what is there, at most 128 events of each of 64 rooms; answers how many. Raises Unavailable."""
        async with self._work() as work:
            behind = await work.text_index.behind(take=_ROOMS)
        self.waiting = behind.events
        taken = 0
        for room_id in behind.rooms:
            async with self._work() as work:
                taken += await work.text_index.follow(room_id, take=_EVENTS)
        return taken

    async def run(self) -> None:
        """Go on until cancelled."""
        before, failures = 0, 0
        while True:
            started = monotonic()
            try:
                taken = await self.turn()
                failures = 0
            except DomainError as error:
                taken, failures = 0, failures + 1
                _log.warning("the text index could not be brought up to date: %s", error.code)
            except Exception:  # noqa: BLE001 -- search goes on without it, and the next turn may do
                taken, failures = 0, failures + 1
                _log.exception("the text index could not be brought up to date")
            seconds = monotonic() - started
            rests = _RESTS_IN_A_RUSH if self.waiting > before else _RESTS
            before = self.waiting
            if failures:
                await self._clock.sleep(min(2.0**failures, _LONGEST_PAUSE))
            else:
                # Never more than a small share of the database's time, however many rooms there are to look at.
                await self._clock.sleep(seconds * rests if taken else max(IDLE_SECONDS, seconds * 20))
