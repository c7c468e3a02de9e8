"""Ends processes that an earlier run has left behind: known by a mark in their environment, never by their id alone."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import monotonic

_PROCESSES = Path("/proc")


def end_marked(variable: str, value: str, *, seconds: float) -> int:
    """End every process of this account that was started with that environment variable; answers how many there were.

    Each has so many seconds after SIGTERM, and then gets SIGKILL. Waits until all are gone.
    """
    mark = os.fsencode(f"{variable}={value}")
    with ExitStack() as stack:
        held = [(pid, stack.enter_context(_handle(pid))) for pid in _pids() if mark in _environment(pid)]
        # By now what is looked at once more and what is signalled cannot be but the same process.
        handles = [handle for pid, handle in held if handle is not None and mark in _environment(pid)]
        for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 10.0)):
            for handle in handles:
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, number)
            if _all_end(handles, patience):
                break
        return len(handles)


def _pids() -> Iterator[int]:
    for entry in _PROCESSES.iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            yield int(entry.name)


def _environment(pid: int) -> list[bytes]:
    try:
        return (_PROCESSES / str(pid) / "environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []


@contextmanager
def _handle(pid: int) -> Iterator[int | None]:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)


def _all_end(handles: list[int], seconds: float) -> bool:
    deadline = monotonic() + seconds
    waiting = select.poll()
    for handle in handles:
        waiting.register(handle, select.POLLIN)
    left = len(handles)
    while left:
        ended = waiting.poll(max(0.0, deadline - monotonic()) * 1000)
        if not ended:
            return False
        for handle, _ in ended:
            waiting.unregister(handle)
            left -= 1
    return True
