"""Durable sends a second, beside what PostgreSQL commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.generator import Endpoint
from benchmarks.pgbench import PROTOCOLS
from benchmarks.rates import rate_row, ratio
from benchmarks.report import Row

_SECTION = "Durable sends a second (acknowledged after the commit; pgbench: single-row inserts, one row a commit)"


@dataclass(frozen=True, slots=True)
class _Shape:
    """How sends are spread, and how many times what pgbench reaches they are to reach: ``alone`` on one connection,
    otherwise on its best number of connections."""

    name: str
    in_flight: int
    sockets: int
    rooms: int
    factor: float | None
    alone: bool = False


@dataclass(slots=True)
class _Yardstick:
    """Commits a second in each round, over one connection and over the best number of them."""

    best: int
    one: list[float] = field(default_factory=list)
    many: list[float] = field(default_factory=list)


_SHAPES = (
    _Shape("1 in flight, 1 socket", 1, 1, 1, 0.5, alone=True),
    _Shape("64 in flight, one room, 4 sockets", 64, 4, 1, 2.0),
    _Shape("64 in flight, 64 rooms, 64 sockets", 64, 64, 64, 1.5),
    _Shape("1,024 in flight, one room, 16 sockets", 1024, 16, 1, None),
)


def measure_sends(bench: Bench, jarvis: Endpoint) -> None:
    """In turns with pgbench, over each of its protocols; the one that the run was told to take is the yardstick."""
    yardsticks = {protocol: _Yardstick(bench.most_commits(protocol).clients) for protocol in PROTOCOLS}
    measured: dict[str, list[dict[str, Any]]] = {shape.name: [] for shape in _SHAPES}
    for _ in range(bench.plan.rounds):
        for protocol, yardstick in yardsticks.items():
            yardstick.one.append(bench.commits(protocol, 1).per_second)
            yardstick.many.append(bench.commits(protocol, yardstick.best).per_second)
        for shape in _SHAPES:
            measured[shape.name].append(_measure(bench, jarvis, shape))
    for protocol, yardstick in yardsticks.items():
        name = f"pgbench, {protocol} protocol, "
        bench.report.add(Row(_SECTION, name + "1 connection", median(yardstick.one), "commits/s"))
        bench.report.add(Row(_SECTION, name + f"{yardstick.best} connections", median(yardstick.many), "commits/s"))
    for shape in _SHAPES:
        bench.report.add(_row(shape, measured[shape.name], yardsticks, bench.protocol))


def measure_sends_remembered(bench: Bench, remembering: Endpoint) -> None:
    """What is sent while the same process makes the text index and the vectors of it."""
    shape = _SHAPES[1]
    results = [_measure(bench, remembering, shape) for _ in range(bench.plan.rounds)]
    name = f"{shape.name}, index and vectors made in the same process"
    bench.report.add(rate_row(_SECTION, name, "sends/s", results))


def _measure(bench: Bench, jarvis: Endpoint, shape: _Shape) -> dict[str, Any]:
    rooms: Sequence[str] = jarvis.rooms[: shape.rooms]
    options = {"sockets": shape.sockets, "in_flight": shape.in_flight}
    return bench.load(shape.name, "send", jarvis, rooms, bench.plan.sends, **options)


def _row(shape: _Shape, results: list[dict[str, Any]], yardsticks: dict[str, _Yardstick], chosen: str) -> Row:
    rates = {name: yardstick.one if shape.alone else yardstick.many for name, yardstick in yardsticks.items()}
    sends = [float(result["sends_per_second"]) for result in results]
    others = [f"{ratio(sends, rates[name]):.2f}x {name}, " for name in rates if name != chosen]
    return rate_row(
        _SECTION,
        shape.name,
        "sends/s",
        results,
        yardstick=rates[chosen],
        factor=shape.factor,
        against="pgbench",
        note="".join(others),
    )
