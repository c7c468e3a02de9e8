"""The measurements of two servers with Redis between them."""

from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.delivery import latencies
from benchmarks.generator import Endpoint, faults
from benchmarks.rates import rate_row
from benchmarks.report import Row

_SENDERS = 4
_FARTHER_MS = 5.0


def measure_two_servers(bench: Bench, near: Endpoint, far: Endpoint) -> None:
    """How much later readers on the other server hear, and what two processes deliver beside one."""
    _measure_latency(bench, near, far)
    _measure_delivery(bench, near, far)


def _measure_latency(bench: Bench, near: Endpoint, far: Endpoint) -> None:
    readers, rate = 100, 100
    section = f"Two servers and Redis: send on one, last of {readers} readers ({rate} messages/s)"
    results: dict[str, list[dict[str, Any]]] = {"on the same server": [], "on the other server": []}
    for _ in range(bench.plan.rounds):
        for where, measured, server in zip(results, results.values(), (near, far), strict=True):
            options = {"sockets": readers + 1, "rate": rate, "other_port": server.port}
            name = f"latency to readers {where}"
            measured.append(bench.load(name, "latency", near, near.rooms[:1], bench.plan.latency_few, **options))
    for label in ("median", "p99"):
        same, other = (median(latencies(measured, label)) for measured in results.values())
        for where, value in zip(results, (same, other), strict=True):
            trouble = "; ".join(filter(None, map(faults, results[where])))
            bench.report.add(Row(section, f"readers {where}, {label}", value, "ms", faults=trouble))
        bound = _FARTHER_MS if label == "median" else None
        target = "" if bound is None else f"<= {bound:g} ms"
        bench.report.add(
            Row(section, f"later on the other, {label}", other - same, "ms", target, bound, at_least=False)
        )


def _measure_delivery(bench: Bench, near: Endpoint, far: Endpoint) -> None:
    where = "each on its core" if bench.cores.second != bench.cores.server else "both on one core"
    section = f"Delivery with 1 and 2 server processes over Redis ({where}; {_SENDERS} of the readers send)"
    for readers, in_flight in ((100, 64), (1000, 16)):
        name = f"{readers:,} readers, {in_flight} in flight"
        options = {"sockets": readers, "senders": _SENDERS, "in_flight": in_flight}
        results: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
        for _ in range(bench.plan.rounds):
            for processes, server in ((1, near), (2, far)):
                label = f"{name}, {processes} processes"
                measured = bench.load(
                    label, "deliver", near, near.rooms[:1], bench.plan.delivery, other_port=server.port, **options
                )
                results[processes].append(measured)
        one = [result["frames_per_second"] for result in results[1]]
        bench.report.add(rate_row(section, f"1 process: {name}", "frames/s", results[1]))
        bench.report.add(
            rate_row(section, f"2 processes: {name}", "frames/s", results[2], yardstick=one, against="1 process")
        )
