"""Answering what is rung for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from traceback import extract_tb

from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver

from adapters.taskiq.broker import StreamBroker
from adapters.taskiq.jobs import WORK
from application.correlation import bound_request_id
from application.ports.jobs import JobQueue

_log = logging.getLogger(__name__)


class TaskiqWorker:
    """Works on lanes as they are rung for, ``concurrency`` at once; a bell is acknowledged when its work is done."""

    def __init__(
        self, broker: StreamBroker, answer: Callable[[str], Awaitable[None]], jobs: JobQueue, concurrency: int
    ) -> None:
        self._broker = broker
        self._answer = answer
        self._jobs = jobs
        self._concurrency = concurrency
        self._stopping = asyncio.Event()
        self._working: set[asyncio.Task[None]] = set()

        async def work(lane: str, request_id: str | None = None) -> None:
            await self._work(lane, request_id)

        broker.register_task(work, task_name=WORK)

    @property
    def working(self) -> int:
        """How many lanes are being worked on."""
        return len(self._working)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; then cancel what is being worked on, wait for it to end and ring for it again."""
        self._stopping = stop
        self._broker.is_worker_process = True
        receiver = Receiver(
            self._broker, max_async_tasks=self._concurrency, run_startup=False, ack_type=AcknowledgeType.WHEN_EXECUTED
        )
        cancelling = asyncio.create_task(self._cancel_at_the_end())
        try:
            await receiver.listen(stop)
        finally:
            cancelling.cancel()
        await self._broker.leave()

    async def _cancel_at_the_end(self) -> None:
        await self._stopping.wait()
        for task in self._working:
            task.cancel()

    async def _work(self, lane: str, request_id: str | None) -> None:
        """Never raises: Taskiq would write down the error's text, in which there may be anything."""
        if not self._stopping.is_set():
            with bound_request_id(request_id):
                task = asyncio.ensure_future(self._answer(lane))
            self._working.add(task)
            await asyncio.wait({task})
            self._working.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                _log.error("working on %s failed: %s", lane, _described(error))
        if self._stopping.is_set():
            self._jobs.ring(lane)


def _described(error: BaseException) -> str:
    """What kind of error, and where: its text may quote what people wrote."""
    frames = extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
