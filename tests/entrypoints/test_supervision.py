"""What is kept running, and what is ended that an earlier run has left."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from entrypoints.leftovers import end_marked
from entrypoints.supervision import CannotStart, Kept, start_all
from tests.builders import PATIENCE
from tests.entrypoints.processes import is_there
from tests.environment import for_subprocess
from tests.waiting import until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(1000)"
OBEDIENT = "import time; print(flush=True); time.sleep(1000)"


class Program:
    """Processes that say a line when they are up."""

    def __init__(self, *codes: str) -> None:
        self.started: list[asyncio.subprocess.Process] = []
        self.up = asyncio.Semaphore(0)
        self._codes = codes
        self._reading: list[asyncio.Task[None]] = []

    async def start(self) -> asyncio.subprocess.Process:
        code = self._codes[min(len(self.started), len(self._codes) - 1)]
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        self.started.append(process)
        self._reading.append(asyncio.create_task(self._read(process)))
        return process

    async def is_up(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.up.acquire()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        if await process.stdout.readline():
            self.up.release()


async def never() -> None:
    await asyncio.Event().wait()


@pytest.fixture
async def kept() -> AsyncIterator[list[Kept]]:
    """What is to be stopped at the end."""
    found: list[Kept] = []
    yield found
    for one in found:
        one.send(signal.SIGKILL)
        await one.stop()


async def test_what_dies_is_started_again(tmp_path: Path, kept: list[Kept]) -> None:
    program, file = Program(OBEDIENT), tmp_path / "it.pid"
    it = Kept("it", program.start, pid_file=file)
    kept.append(it)
    await it.start(program.is_up)
    for times in range(1, 3):
        assert int(file.read_text()) == program.started[-1].pid
        it.send(signal.SIGKILL)
        await program.is_up()
        assert len(program.started) == times + 1
    assert await it.stop() == -signal.SIGTERM
    assert not file.exists()
    assert not [process for process in program.started if is_there(process.pid)]


async def test_what_dies_again_and_again_is_given_time(caplog: pytest.LogCaptureFixture, kept: list[Kept]) -> None:
    program = Program(OBEDIENT, "raise SystemExit(3)", "raise SystemExit(4)", OBEDIENT)
    it = Kept("it", program.start)
    kept.append(it)
    await it.start(program.is_up)
    it.send(signal.SIGKILL)
    await program.is_up()
    assert [record.getMessage() for record in caplog.records] == [
        "it has ended with -9 and is started again in 0.1 s",
        "it has ended with 3 and is started again in 0.2 s",
        "it has ended with 4 and is started again in 0.4 s",
    ]


async def test_what_waits_to_be_started_again_is_not_once_it_is_stopped(kept: list[Kept]) -> None:
    program = Program(OBEDIENT, "raise SystemExit(3)")
    it = Kept("it", program.start)
    await it.start(program.is_up)
    it.send(signal.SIGKILL)
    await until(lambda: len(program.started) == 3)
    await program.started[-1].wait()
    assert await it.stop() == 3
    assert len(program.started) == 3


async def test_what_ends_before_it_is_ready_is_no_start(kept: list[Kept]) -> None:
    program = Program("raise SystemExit(2)")
    it = Kept("it", program.start, last_words=lambda: ": no settings")
    with pytest.raises(CannotStart, match="it has ended with 2: no settings") as failure:
        await it.start(program.is_up)
    assert failure.value.status == 2
    assert await it.stop() == 2
    assert len(program.started) == 1


async def test_what_is_not_there_cannot_be_started(kept: list[Kept]) -> None:
    it = Kept("it", lambda: asyncio.create_subprocess_exec("/nowhere/jarvis"))
    with pytest.raises(CannotStart, match=r"it cannot be started: .*No such file"):
        await start_all([(it, never)], asyncio.Event())


async def test_one_that_cannot_start_says_so_for_all(kept: list[Kept]) -> None:
    good, bad = Program(OBEDIENT), Program("raise SystemExit(2)")
    kept += [Kept("good", good.start), Kept("bad", bad.start)]
    with pytest.raises(CannotStart, match="bad has ended with 2"):
        await start_all([(kept[0], never), (kept[1], bad.is_up)], asyncio.Event())


async def test_a_start_can_be_broken_off(kept: list[Kept]) -> None:
    program, asked = Program(OBEDIENT), asyncio.Event()
    kept.append(Kept("it", program.start))
    starting = asyncio.create_task(start_all([(kept[0], never)], asked))
    await program.is_up()
    asked.set()
    assert not await starting
    assert await kept[0].stop() == -signal.SIGTERM


async def test_what_does_not_stop_is_killed(kept: list[Kept]) -> None:
    program = Program(STUBBORN)
    it = Kept("it", program.start, stop_seconds=0.1)
    await it.start(program.is_up)
    assert await it.stop() == -signal.SIGKILL


async def marked(value: str, code: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, env=for_subprocess({"JARVIS_MARK": value}), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def test_what_bears_the_mark_is_ended_and_nothing_else(tmp_path: Path) -> None:
    ours = [await marked(str(tmp_path), code) for code in (OBEDIENT, STUBBORN)]
    others = [await marked(value, OBEDIENT) for value in (f"{tmp_path}2", str(tmp_path.parent))]
    try:
        assert await asyncio.to_thread(end_marked, "JARVIS_MARK", str(tmp_path), seconds=0.1) == 2
        assert await _statuses(ours) == [-signal.SIGTERM, -signal.SIGKILL]
        assert all(process.returncode is None for process in others)
        assert await asyncio.to_thread(end_marked, "JARVIS_MARK", str(tmp_path), seconds=0.1) == 0
    finally:
        for process in others:
            process.kill()
        assert await _statuses(others) == [-signal.SIGKILL] * 2


async def _statuses(processes: Sequence[asyncio.subprocess.Process]) -> list[int]:
    return [await process.wait() for process in processes]
