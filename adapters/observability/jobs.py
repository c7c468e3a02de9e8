"""The work of the queue, as it is seen from outside."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import perf_counter

from adapters.observability.metrics import Metrics
from application.ports.jobs import JobQueue
from domain.jobs import kind_of

_log = logging.getLogger(__name__)


class LoggedJobQueue:
    """Passes bells on, and writes down for which request each was rung."""

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs

    def ring(self, lane: str) -> None:
        _log.info("work waits", extra={"lane": lane})
        self._jobs.ring(lane)


class ObservedLanes:
    """Works on a lane, and notes how long that took and how it ended: done, failed or handed_back."""

    def __init__(self, work: Callable[[str], Awaitable[None]], metrics: Metrics) -> None:
        self._work = work
        self._metrics = metrics

    async def work(self, lane: str) -> None:
        """Work on the lane. Raises what the work raises."""
        started, outcome = perf_counter(), "failed"
        try:
            await self._work(lane)
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "handed_back"
            raise
        finally:
            seconds = perf_counter() - started
            self._metrics.job_ended(kind_of(lane), outcome, seconds)
            _log.info("worked on a lane", extra={"lane": lane, "outcome": outcome, "seconds": round(seconds, 3)})
