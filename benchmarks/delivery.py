"""The measurements of what reaches readers: delivery and latency, beside the bare server."""

from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.generator import Endpoint, Times, faults
from benchmarks.rates import rate_row
from benchmarks.report import Row

_SENDERS = 4


def measure_delivery(bench: Bench, jarvis: Endpoint, bare: Endpoint) -> None:
    """Frames a second that reach the readers of one room, in turns with the bare server."""
    section = f"Delivery (frames a second to all readers of one room; {_SENDERS} of the readers send)"
    for readers, in_flight, factor in ((100, 64, 15.0), (1000, 16, 10.0)):
        name = f"{readers:,} readers, {in_flight} in flight"
        options = {"sockets": readers, "senders": _SENDERS, "in_flight": in_flight}
        ours: list[dict[str, Any]] = []
        theirs: list[dict[str, Any]] = []
        for _ in range(bench.plan.rounds):
            theirs.append(bench.load(name, "deliver", bare, bare.rooms[:1], bench.plan.delivery, **options))
            ours.append(bench.load(name, "deliver", jarvis, jarvis.rooms[:1], bench.plan.delivery, **options))
        yardstick = [result["frames_per_second"] for result in theirs]
        bench.report.add(rate_row(section, f"bare: {name}", "frames/s", theirs))
        row = rate_row(section, name, "frames/s", ours, yardstick=yardstick, factor=factor, against="bare")
        bench.report.add(row)


def measure_latency(bench: Bench, jarvis: Endpoint, bare: Endpoint) -> None:
    """From the send to the last reader, at 10,000 frames a second, in turns with the bare server."""
    commit = bench.commit_time()
    section = f"Latency from send to last reader at 10,000 frames a second (one commit: {commit:.3f} ms)"
    for readers, rate, seconds in ((100, 100, bench.plan.latency_few), (1000, 10, bench.plan.latency_many)):
        name = f"{readers:,} readers, {rate} messages/s"
        options = {"sockets": readers, "rate": rate}
        ours: list[dict[str, Any]] = []
        theirs: list[dict[str, Any]] = []
        for _ in range(bench.plan.rounds):
            theirs.append(bench.load(name, "latency", bare, bare.rooms[:1], seconds, **options))
            ours.append(bench.load(name, "latency", jarvis, jarvis.rooms[:1], seconds, **options))
        for label in ("median", "p99"):
            yardstick = median(latencies(theirs, label))
            value = median(latencies(ours, label))
            trouble = "; ".join(filter(None, map(faults, [*ours, *theirs])))
            bench.report.add(Row(section, f"bare: {name}, {label}", yardstick, "ms"))
            target = f"<= bare + one commit = {yardstick + commit:.2f} ms"
            bench.report.add(
                Row(
                    section, f"{name}, {label}", value, "ms", target, yardstick + commit, at_least=False, faults=trouble
                )
            )


def latencies(results: list[dict[str, Any]], label: str) -> list[float]:
    """In milliseconds, of each round: its ``median`` or its ``p99``."""
    times = [Times.of(result["last_reader"]) for result in results]
    return [time.median if label == "median" else time.p99 for time in times]
