"""What a large file costs the server's memory while it comes in."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median

from benchmarks.bench import Bench
from benchmarks.cores import on_core
from benchmarks.errors import BenchmarkError
from benchmarks.generator import Endpoint
from benchmarks.memory import memory_of, settled_memory_of, wait_until_quiet
from benchmarks.report import Row

_MB = 1_000_000
_SIZE = 100 * _MB
_MOST_MB = 30.0
_PIECE = 256 * 1024
_HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.bin"\r\n\r\n'
_TAIL = b"\r\n--b--\r\n"


@dataclass(slots=True)
class _Watch:
    """Reads the pages of a process again and again, and remembers the most there were."""

    pid: int
    most: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        while not self._over.wait(0.005):
            self.most = max(self.most, memory_of(self.pid).unique)

    def stop(self) -> None:
        self._over.set()


def measure_upload(bench: Bench, jarvis: Endpoint) -> None:
    """One file after another, each of its own bytes. The first one brings in what every later one needs, too."""
    section = f"A file of {_SIZE // _MB} MB comes in"
    grown: list[float] = []
    seconds: list[float] = []
    for _ in range(bench.plan.rounds):
        wait_until_quiet(jarvis.pid)
        before = settled_memory_of(jarvis.pid).unique
        watch = _Watch(jarvis.pid)
        watching = threading.Thread(target=watch.read)
        watching.start()
        try:
            with on_core(bench.cores.load):
                seconds.append(_upload(jarvis))
        finally:
            watch.stop()
            watching.join()
        grown.append((watch.most - before) / _MB)
    target = f"< {_MOST_MB:g} MB"
    bench.report.add(Row(section, "memory beside it, at most", max(grown), "MB", target, _MOST_MB, at_least=False))
    bench.report.add(Row(section, "taken in", _SIZE / _MB / median(seconds), "MB/s"))


def _upload(jarvis: Endpoint) -> float:
    connection = HTTPConnection("127.0.0.1", jarvis.port, timeout=120)
    headers = {
        "Authorization": f"Bearer {jarvis.tokens[0]}",
        "Content-Type": "multipart/form-data; boundary=b",
        "Content-Length": str(len(_HEAD) + _SIZE + len(_TAIL)),
    }
    started = time.monotonic()
    try:
        connection.request("POST", "/attachments", _body(), headers)
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise BenchmarkError(f"POST /attachments: {response.status} {answer[:300].decode(errors='replace')}")
    return time.monotonic() - started


def _body() -> Iterator[bytes]:
    yield _HEAD
    piece = bytes(range(256)) * (_PIECE // 256)
    left = _SIZE
    while left:
        yield piece[: min(left, _PIECE)]
        left -= min(left, _PIECE)
    yield _TAIL
