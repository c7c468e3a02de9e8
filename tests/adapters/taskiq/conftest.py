"""Queues and workers on a Redis."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.taskiq.broker import StreamBroker, broker_at
from adapters.taskiq.jobs import TaskiqJobQueue
from adapters.taskiq.pace import QueuePace
from adapters.taskiq.worker import TaskiqWorker
from tests.builders import PATIENCE
from tests.redis_server import RedisServer, cluster_of, server_binary

BRISK = QueuePace(block=0.05, first_pause=0.01, longest_pause=0.05, goodbye=0.2)


@dataclass
class Hand:
    """A worker that notes what it is rung for, and is held up while ``gate`` is clear.

    ``noted`` is set whenever one of the hands of a test notes something.
    """

    broker: StreamBroker
    jobs: TaskiqJobQueue
    noted: asyncio.Event
    rung: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: "asyncio.Task[None] | None" = None

    async def answer(self, lane: str) -> None:
        self.begun.append(lane)
        self.noted.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.append(lane)
            raise
        self.rung.append(lane)
        self.noted.set()

    async def hears(self, *lanes: str) -> None:
        """Wait until it has worked on these."""
        await self.until(lambda: set(lanes) <= set(self.rung))

    async def begins(self, *lanes: str) -> None:
        """Wait until it works on these."""
        await self.until(lambda: set(lanes) <= set(self.begun))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds, looking whenever one of the hands has noted something."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.noted.clear()
                await self.noted.wait()

    async def stopped(self) -> None:
        """Have it stop in order."""
        self.stop.set()
        assert self.running is not None
        async with asyncio.timeout(PATIENCE):
            await self.running

    async def killed(self) -> None:
        """Have it end without a word to Redis, as a crash would."""
        await self.broker.connection_pool.disconnect()  # type: ignore[attr-defined]
        assert self.running is not None
        self.running.cancel()
        await asyncio.wait({self.running})


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[RedisServer]]:
    """Two nodes that share the slots."""
    yield from cluster_of(tmp_path, server_binary())


NewHand = Callable[..., Awaitable[Hand]]
NewQueue = Callable[..., Awaitable[TaskiqJobQueue]]


@pytest.fixture
async def queue() -> AsyncIterator[NewQueue]:
    """Starts a queue, as a server has it, and stops it in the end."""
    async with AsyncExitStack() as stack:

        async def new(url: str, name: str = "jobs", *, pace: QueuePace = BRISK) -> TaskiqJobQueue:
            jobs = TaskiqJobQueue(broker_at(url, name, pace), pace)
            await jobs.start()
            stack.push_async_callback(jobs.stop)
            return jobs

        yield new


@pytest.fixture
async def hand() -> AsyncIterator[NewHand]:
    """Starts a worker, and stops it in the end."""
    noted = asyncio.Event()
    async with AsyncExitStack() as stack:

        async def new(
            url: str, name: str = "jobs", *, pace: QueuePace = BRISK, concurrency: int = 8, held: bool = False
        ) -> Hand:
            broker = broker_at(url, name, pace)
            jobs = TaskiqJobQueue(broker, pace)
            made = Hand(broker, jobs, noted)
            if not held:
                made.gate.set()
            worker = TaskiqWorker(broker, made.answer, jobs, concurrency)
            await jobs.start()
            stack.push_async_callback(jobs.stop)
            made.running = asyncio.create_task(worker.run(made.stop))
            stack.push_async_callback(_end, made)
            return made

        yield new


async def _end(made: Hand) -> None:
    made.stop.set()
    assert made.running is not None
    await asyncio.wait({made.running}, timeout=PATIENCE)
    assert made.running.done()
