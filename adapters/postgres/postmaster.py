"""What runs on a cluster: found through the cluster's `postmaster.pid` and the process table under `/proc`.

Command lines are read rather than working folders, as containers hide the latter even from root.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

_POLL: Final = 0.01  # seconds
_SHUTDOWNS: Final = (
    (signal.SIGINT, 30.0),  # fast: open transactions are rolled back, everything is written
    (signal.SIGQUIT, 10.0),  # immediate: the next start replays the write-ahead log
    (signal.SIGKILL, 10.0),
)


@dataclass(frozen=True, slots=True)
class Record:
    """What a cluster's `postmaster.pid` says: who serves it, and whether it said that it accepts connections."""

    pid: int
    ready: bool


def recorded(cluster: Path) -> Record | None:
    """The cluster's `postmaster.pid`; None without that file or when it is cut short."""
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").split("\n")
    except FileNotFoundError:
        return None
    pid = lines[0].strip()
    return Record(int(pid), any(line.strip() == "ready" for line in lines[7:])) if pid.isdecimal() else None


def command_line(pid: int) -> list[str]:
    """The arguments a process was started with, program first; empty when it is gone, ended or not ours to see."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    return [os.fsdecode(part) for part in raw[:-1].split(b"\0")] if raw else []


def serves(pid: int, cluster: Path) -> bool:
    """Whether that process is alive and the postmaster of this cluster, not another that was given its id."""
    match command_line(pid):
        case [program, "-D", folder, *_]:
            return Path(program).name == "postgres" and folder == str(cluster)
        case _:
            return False


def children_named(cluster_name: str) -> Iterator[int]:
    """The ids of all server processes that a postmaster with that `cluster_name` has started."""
    title = f"postgres: {cluster_name}: "
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal() and "".join(command_line(int(entry.name))[:1]).startswith(title):
            yield int(entry.name)


def end_orphans(cluster_name: str) -> None:
    """End what a postmaster that died left behind: it blocks a new one, and its work is lost already."""
    for pid in list(children_named(cluster_name)):
        _end(pid, partial(_is_there, pid), ((signal.SIGKILL, 10.0),))


def _is_there(pid: int) -> bool:
    return bool(command_line(pid))


def shut_down(pid: int, alive: Callable[[], bool]) -> bool:
    """Stop a postmaster and wait until it is gone; False when it cannot be stopped."""
    return _end(pid, alive, _SHUTDOWNS)


def _end(pid: int, alive: Callable[[], bool], ways: tuple[tuple[signal.Signals, float], ...]) -> bool:
    for way, seconds in ways:
        if not alive():
            return True
        try:
            os.kill(pid, way)
        except ProcessLookupError:
            return True
        if until(lambda: not alive(), seconds):
            return True
    return False


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for the condition; False when it has not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL)
    return True
