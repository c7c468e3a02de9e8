"""Bells and workers within one process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from application.cancelling import cancelled
from application.correlation import bound_request_id, current_request_id

_log = logging.getLogger(__name__)


class InMemoryJobQueue:
    """Works on lanes as they are rung for, ``concurrency`` at once and never twice on the same.

    A bell for a lane that is being worked on makes it be worked on once more afterwards. Bells that come before
    ``start`` wait for it.
    """

    def __init__(self, concurrency: int = 8) -> None:
        self._concurrency = concurrency
        self._answer: Callable[[str], Awaitable[None]] | None = None
        self._started = False
        self._waiting: dict[str, str | None] = {}
        self._working: dict[str, asyncio.Task[None]] = {}

    def bind(self, answer: Callable[[str], Awaitable[None]]) -> None:
        """Name what a lane is worked on with."""
        self._answer = answer

    def ring(self, lane: str) -> None:
        self._waiting[lane] = current_request_id() or self._waiting.get(lane)
        self._fill()

    async def start(self) -> None:
        """Begin to work. Raises RuntimeError where nothing is bound."""
        if self._answer is None:
            raise RuntimeError("bind the queue before it is started")
        self._started = True
        self._fill()

    async def stop(self) -> None:
        """Cancel what is being worked on and wait for it to end; it is worked on again after the next ``start``."""
        self._started = False
        working = dict(self._working)
        self._waiting.update(dict.fromkeys(working))
        await cancelled(*working.values())

    def _fill(self) -> None:
        if not self._started or self._answer is None:
            return
        for lane in [lane for lane in self._waiting if lane not in self._working]:
            if len(self._working) >= self._concurrency:
                return
            with bound_request_id(self._waiting.pop(lane)):
                task = asyncio.ensure_future(self._work(self._answer, lane))
            self._working[lane] = task
            task.add_done_callback(partial(self._done, lane))

    @staticmethod
    async def _work(answer: Callable[[str], Awaitable[None]], lane: str) -> None:
        await answer(lane)

    def _done(self, lane: str, task: asyncio.Task[None]) -> None:
        del self._working[lane]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("working on %s failed: %s", lane, type(error).__name__)
        self._fill()
