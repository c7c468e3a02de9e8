"""Jarvis as its users run it: the command line in a process of its own."""

import asyncio
import contextlib
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from pydantic import AliasChoices

from adapters.postgres import postmaster
from entrypoints.settings import Settings
from tests.environment import for_subprocess

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 40
"""Seconds after which a test gives up waiting for a process."""

COMMAND = (sys.executable, "-m", "entrypoints.cli")
_LISTENING = re.compile(r"listening on http://localhost:(\d+) ")


def _variables() -> Iterator[str]:
    for field in Settings.model_fields.values():
        alias = field.validation_alias
        yield from [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]


SETTINGS = tuple(_variables())
"""The names of all variables that Jarvis reads."""


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nothing is set for Jarvis but these changes."""
    unset = dict.fromkeys(SETTINGS)
    return for_subprocess({**unset, "PYTHONPATH": str(ROOT), "JARVIS_RATE_LIMITS": "off", **changes})


def run(*arguments: str, folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in this folder to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@dataclass
class JarvisProcess:
    """A server that has said where it listens."""

    process: asyncio.subprocess.Process
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()

    def ask_to_stop(self) -> None:
        """SIGTERM, once."""
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Wait for its end; answers the exit status, negative where a signal ended it."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def stop(self) -> int:
        """Have it stop in order, and answer the exit status."""
        self.ask_to_stop()
        return await self.ended()


@contextlib.asynccontextmanager
async def running(*arguments: str, folder: Path, **settings: str) -> AsyncIterator[JarvisProcess]:
    """A server that is started in this folder, on a free port, and killed at the end if it still runs.

    What it wrote to standard error is shown where the block fails.
    """
    complaints = folder / "stderr.txt"
    with complaints.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            cwd=folder,
            env=environment({"PORT": "0", **settings}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    try:
        yield JarvisProcess(process, await _port(process, complaints))
    except BaseException:
        sys.stderr.write(_said(complaints))
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@contextlib.asynccontextmanager
async def beside(*arguments: str, folder: Path, **settings: str) -> AsyncIterator[JarvisProcess]:
    """A worker or a scheduler that has said that it is up, killed at the end if it still runs; it has no port."""
    complaints = folder / f"stderr-{token_hex(4)}.txt"
    with complaints.open("ab") as stderr:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *arguments,
            cwd=folder,
            env=environment(settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
        )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = await process.stdout.readline()
        assert b"stop with Ctrl-C" in said, f"{arguments} did not start: {said!r}"
        yield JarvisProcess(process, 0)
    except BaseException:
        sys.stderr.write(_said(complaints))
        raise
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


def _said(complaints: Path) -> str:
    return complaints.read_text(encoding="utf-8", errors="replace")


async def _port(process: asyncio.subprocess.Process, complaints: Path) -> int:
    assert process.stdout is not None
    said = ""
    async with asyncio.timeout(PATIENCE):
        while line := await process.stdout.readline():
            said += line.decode()
            if found := _LISTENING.search(said):
                return int(found[1])
    raise AssertionError(f"Jarvis did not start: {said}{_said(complaints)}")


def end_database_of(data: Path) -> None:
    """Stop the PostgreSQL that a killed Jarvis has left running over its data folder."""
    cluster = (data / "postgres").resolve()
    record = postmaster.recorded(cluster)
    if record is not None and postmaster.serves(record.pid, cluster):
        assert postmaster.shut_down(record.pid, lambda: postmaster.serves(record.pid, cluster))
