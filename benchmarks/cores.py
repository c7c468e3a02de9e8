"""Who runs on which core: the server on one, the load generator and PostgreSQL on the other."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.errors import BenchmarkError


@dataclass(frozen=True, slots=True)
class Cores:
    """Numbers of the cores that are used. ``second`` is for a second process of Jarvis: a core of its own where there
    is a third one, else that of the server."""

    server: int
    load: int
    second: int


def choose_cores() -> Cores:
    """The first cores that this process may use; :class:`BenchmarkError` where there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise BenchmarkError("two cores are needed: one for the server, one for the load and PostgreSQL")
    return Cores(server=allowed[0], load=allowed[1], second=allowed[2] if len(allowed) > 2 else allowed[0])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started inside inherits the core, and all its threads and children do."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def raise_open_files() -> int:
    """Raise the limit of open files as far as it goes; children inherit it. Returns the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
