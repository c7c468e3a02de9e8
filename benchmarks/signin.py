"""How long a send takes while people sign in with their passwords, which cost a tenth of a second each to check."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.cores import on_core
from benchmarks.generator import Endpoint, Times, faults
from benchmarks.memory import wait_until_quiet
from benchmarks.report import Row
from benchmarks.servers import call

AT_ONCE = 20
_P99_MS = 50.0
_PASSWORD = "correct horse battery"
_RATE = 100


@dataclass(slots=True)
class _Crowd:
    """People who sign in again as soon as they are in."""

    port: int
    core: int
    signed_in: int = 0
    failed: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def sign_in_again_and_again(self, email: str) -> None:
        body = json.dumps({"email": email, "password": _PASSWORD})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self._over.is_set():
            connection.request("POST", "/auth/login", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            with self._lock:
                self.signed_in += response.status == 200
                self.failed += response.status != 200
        connection.close()

    @contextmanager
    def signing_in(self, emails: list[str]) -> Iterator[None]:
        with on_core(self.core):
            threads = [threading.Thread(target=self.sign_in_again_and_again, args=(email,)) for email in emails]
            for thread in threads:
                thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()


def measure_signin(bench: Bench, jarvis: Endpoint) -> None:
    """In turns: sends of a quiet server, and of one at which people sign in all the time."""
    section = f"Sends while {AT_ONCE} people sign in at once ({_RATE} messages a second to one reader)"
    emails = [f"signin{number}@bench.example" for number in range(AT_ONCE)]
    for email in emails:
        call(jarvis.port, "POST", "/auth/register", {"email": email, "password": _PASSWORD})
    quiet: list[dict[str, Any]] = []
    busy: list[dict[str, Any]] = []
    signed_in: list[float] = []
    for _ in range(bench.plan.rounds):
        quiet.append(_send(bench, "quiet", jarvis))
        wait_until_quiet(jarvis.pid)
        crowd = _Crowd(jarvis.port, bench.cores.load)
        with crowd.signing_in(emails):
            busy.append(_send(bench, f"{AT_ONCE} sign in", jarvis, waits=False))
        signed_in.append(crowd.signed_in / (bench.plan.latency_few + bench.plan.warmup))
        busy[-1]["sign_ins_failed"] = crowd.failed
    refused = sum(result["sign_ins_failed"] for result in busy)
    trouble = "; ".join(filter(None, [*map(faults, [*quiet, *busy]), f"{refused} sign-ins failed" if refused else ""]))
    for name, label in (("median", "median"), ("p99", "p99")):
        bench.report.add(Row(section, f"quiet, {name}", median(_latencies(quiet, label)), "ms"))
        value, bound = median(_latencies(busy, label)), _P99_MS if label == "p99" else None
        target = "" if bound is None else f"< {bound:g} ms"
        row = Row(section, f"while they sign in, {name}", value, "ms", target, bound, at_least=False, faults=trouble)
        bench.report.add(row)
    bench.report.add(Row(section, "people signed in", median(signed_in), "a second"))


def _send(bench: Bench, name: str, jarvis: Endpoint, *, waits: bool = True) -> dict[str, Any]:
    if waits:
        wait_until_quiet(jarvis.pid)
    measured = bench.generator.run(
        "latency", jarvis, jarvis.rooms[:1], seconds=bench.plan.latency_few, warmup=bench.plan.warmup, sockets=1,
        rate=_RATE,
    )  # fmt: skip
    bench.report.keep(f"{name} ({jarvis.name})", measured)
    return measured


def _latencies(results: list[dict[str, Any]], label: str) -> list[float]:
    times = [Times.of(result["last_reader"]) for result in results]
    return [time.median if label == "median" else time.p99 for time in times]
