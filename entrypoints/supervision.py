"""Keeps processes running: starts again what dies, and stops all in order."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

_log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 60.0
_WELL_AFTER = 10.0


class Running(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int: ...

    async def wait(self) -> int:
        """Wait for its end; answers the exit status, negative where a signal ended it."""


class CannotStart(Exception):
    """A process cannot be started, or has ended before it was ready; ``status`` is its exit status."""

    def __init__(self, reason: str, status: int = 1) -> None:
        super().__init__(reason)
        self.status = status


class Kept:
    """A process that is started again whenever it ends, after pauses that grow from 0.1 s to a minute.

    The pauses are those of Docker's ``restart: unless-stopped``: they begin anew once it has run for 10 s. ``pid_file``
    has the id of the newest process until ``stop``; ``last_words`` tells more of one that would not start.
    """

    def __init__(
        self,
        name: str,
        start: Callable[[], Awaitable[Running]],
        *,
        stop_signal: signal.Signals = signal.SIGTERM,
        stop_seconds: float = 15.0,
        pid_file: Path | None = None,
        last_words: Callable[[], str] = str,
    ) -> None:
        self.name = name
        self._start = start
        self._stop_signal = stop_signal
        self._stop_seconds = stop_seconds
        self._pid_file = pid_file
        self._last_words = last_words
        self._process: Running | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._ready = False
        self._asked_to_stop = asyncio.Event()
        self._status = 0

    async def start(self, until_ready: Callable[[], Awaitable[None]]) -> None:
        """Start it, wait until it is ready, and keep it running from then on. Raises CannotStart."""
        try:
            self._process = await self._begin()
        except OSError as error:
            raise CannotStart(f"{self.name} cannot be started: {error}") from error
        self._keeping = asyncio.create_task(self._keep(self._process))
        waiting = asyncio.ensure_future(until_ready())
        try:
            await asyncio.wait({waiting, self._keeping}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                self._keeping.result()
                raise CannotStart(f"{self.name} has ended with {self._status}{self._last_words()}", self._status)
            waiting.result()
            self._ready = True
        finally:
            waiting.cancel()

    async def stop(self) -> int:
        """End it: by its signal, and where that takes too long by SIGKILL. Answers its exit status."""
        self._asked_to_stop.set()
        if self._keeping is not None:
            self.send(self._stop_signal)
            await asyncio.wait({self._keeping}, timeout=self._stop_seconds)
            if not self._keeping.done():
                _log.warning("%s does not stop and is killed", self.name)
                self.send(signal.SIGKILL)
            await self._keeping
        if self._pid_file is not None:
            self._pid_file.unlink(missing_ok=True)
        return self._status

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal, if it runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, number)

    async def _begin(self) -> Running:
        process = await self._start()
        if self._pid_file is not None:
            new = self._pid_file.with_suffix(".pid.new")
            new.write_text(f"{process.pid}\n", encoding="ascii")
            new.replace(self._pid_file)
        return process

    async def _keep(self, process: Running) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = monotonic()
            self._status = await process.wait()
            self._process = None
            if self._asked_to_stop.is_set() or not self._ready:
                return
            if monotonic() - began > _WELL_AFTER:
                pause = _FIRST_PAUSE
            _log.warning("%s has ended with %s and is started again in %g s", self.name, self._status, pause)
            while self._process is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._asked_to_stop.wait(), pause)
                    return
                pause = min(2 * pause, _LONGEST_PAUSE)
                try:
                    self._process = process = await self._begin()
                except (OSError, CannotStart) as error:
                    _log.warning("%s cannot be started: %s", self.name, error)
            if self._asked_to_stop.is_set():
                self.send(self._stop_signal)


async def start_all(starts: Iterable[tuple[Kept, Callable[[], Awaitable[None]]]], asked: asyncio.Event) -> bool:
    """Start all at once, each with what waits until it is ready; False where ``asked`` was set before all were.

    Raises CannotStart.
    """

    async def each() -> None:
        async with asyncio.TaskGroup() as group:
            for kept, until_ready in starts:
                group.create_task(kept.start(until_ready))

    starting, stopping = asyncio.create_task(each()), asyncio.create_task(asked.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
        return starting.done()
    except ExceptionGroup as failures:
        cannot, others = failures.split(CannotStart)
        if cannot is None or others is not None:
            raise
        raise cannot.exceptions[0] from None
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.wait({starting, stopping})


async def stop_all(kept: Sequence[Kept]) -> list[int]:
    """Stop all of them at once; answers their exit statuses."""
    return list(await asyncio.gather(*(one.stop() for one in kept)))


@asynccontextmanager
async def stop_asked_for(at_once: Callable[[], None]) -> AsyncIterator[asyncio.Event]:
    """An event that is set by the first SIGTERM or SIGINT; every later one calls ``at_once``."""
    asked = asyncio.Event()

    def ask() -> None:
        if asked.is_set():
            at_once()
        asked.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    try:
        yield asked
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
