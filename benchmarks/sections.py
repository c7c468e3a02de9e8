"""The measurements that send messages: durable sends, delivery, latency."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.generator import Endpoint, Times, faults
from benchmarks.report import Row

_ONE_ROOM_SOCKETS = 4
_CROWD_SOCKETS = 16


def measure_sends(bench: Bench, jarvis: Endpoint) -> None:
    """Durable sends a second, in turns with what pgbench commits."""
    section = "Durable sends a second (acknowledged after the commit; pgbench: single-row inserts, one row a commit)"
    plan = bench.plan
    unprepared = bench.most_commits("simple")
    best = bench.most_commits().clients
    shapes: dict[str, tuple[int, int, Sequence[str]]] = {
        "1 in flight, 1 socket": (1, 1, jarvis.rooms[:1]),
        f"64 in flight, one room, {_ONE_ROOM_SOCKETS} sockets": (64, _ONE_ROOM_SOCKETS, jarvis.rooms[:1]),
        "64 in flight, 64 rooms, 64 sockets": (64, 64, jarvis.rooms),
        f"1,024 in flight, one room, {_CROWD_SOCKETS} sockets": (1024, _CROWD_SOCKETS, jarvis.rooms[:1]),
    }
    one: list[float] = []
    many: list[float] = []
    measured: dict[str, list[dict[str, Any]]] = {name: [] for name in shapes}
    for _ in range(plan.rounds):
        one.append(bench.commits(1).per_second)
        for number, (name, (in_flight, sockets, rooms)) in enumerate(shapes.items()):
            if number == 1:
                many.append(bench.commits(best).per_second)
            result = bench.load(name, "send", jarvis, rooms, plan.sends, sockets=sockets, in_flight=in_flight)
            measured[name].append(result)
    bench.report.add(Row(section, "pgbench, 1 connection", median(one), "commits/s"))
    bench.report.add(Row(section, f"pgbench, {best} connections (its best)", median(many), "commits/s"))
    name = f"pgbench without prepared statements, {unprepared.clients} connections"
    bench.report.add(Row(section, name, unprepared.per_second, "commits/s"))
    for name, factor, yardstick in zip(measured, (0.5, 2.0, 1.5, None), (one, many, many, many), strict=True):
        bench.report.add(
            _rate_row(section, name, "sends/s", measured[name], yardstick=yardstick, factor=factor, against="pgbench")
        )


def measure_delivery(bench: Bench, jarvis: Endpoint, bare: Endpoint) -> None:
    """Frames a second that reach the readers of one room, in turns with the bare server."""
    section = "Delivery (frames a second to all readers of one room; 4 of the readers send)"
    for readers, in_flight, factor in ((100, 64, 15.0), (1000, 16, 10.0)):
        name = f"{readers:,} readers, {in_flight} in flight"
        options = {"sockets": readers, "senders": _ONE_ROOM_SOCKETS, "in_flight": in_flight}
        ours: list[dict[str, Any]] = []
        theirs: list[dict[str, Any]] = []
        for _ in range(bench.plan.rounds):
            theirs.append(bench.load(name, "deliver", bare, bare.rooms[:1], bench.plan.delivery, **options))
            ours.append(bench.load(name, "deliver", jarvis, jarvis.rooms[:1], bench.plan.delivery, **options))
        yardstick = [result["frames_per_second"] for result in theirs]
        bench.report.add(_rate_row(section, f"bare: {name}", "frames/s", theirs))
        row = _rate_row(section, name, "frames/s", ours, yardstick=yardstick, factor=factor, against="bare")
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
            yardstick = median(_latencies(theirs, label))
            value = median(_latencies(ours, label))
            trouble = "; ".join(filter(None, map(faults, [*ours, *theirs])))
            bench.report.add(Row(section, f"bare: {name}, {label}", yardstick, "ms"))
            target = f"<= bare + one commit = {yardstick + commit:.2f} ms"
            bench.report.add(
                Row(
                    section, f"{name}, {label}", value, "ms", target, yardstick + commit, at_least=False, faults=trouble
                )
            )


def _latencies(results: list[dict[str, Any]], label: str) -> list[float]:
    times = [Times.of(result["last_reader"]) for result in results]
    return [time.median if label == "median" else time.p99 for time in times]


def _rate_row(
    section: str,
    name: str,
    unit: str,
    results: list[dict[str, Any]],
    *,
    yardstick: list[float] | None = None,
    factor: float | None = None,
    against: str = "",
) -> Row:
    """The median of the rounds; its ratio is the median of each round's own ratio to the yardstick."""
    rates = [float(result[f"{unit.removesuffix('/s')}_per_second"]) for result in results]
    ratio = None
    if yardstick is not None:
        ratio = median(rate / reference for rate, reference in zip(rates, yardstick, strict=True))
    target = f">= {factor:g} x {against}" if factor is not None else f"(against {against})" if against else ""
    trouble = "; ".join(filter(None, map(faults, results)))
    return Row(section, name, median(rates), unit, target, factor, ratio=ratio, faults=trouble, note=_busy(results))


def _busy(results: list[dict[str, Any]]) -> str:
    """How busy both cores were: a generator near 100 % would have measured itself."""
    fields = ("server_core_busy", "load_core_busy", "load_cpu")
    server, load, generator = (median(float(result[name]) for result in results) for name in fields)
    return f"cores {server:.0%} and {load:.0%}, generator {generator:.0%}"
