"""The measurements of questions to Jarvis, answered by the mock model without pauses."""

from statistics import median
from typing import Any

from benchmarks.bench import Bench
from benchmarks.generator import Endpoint, Times, faults
from benchmarks.rates import rate_row
from benchmarks.report import Row

_AT_ONCE = 64
_QUEUE_ADDS_MS = 20.0


def measure_questions(bench: Bench, alone: Endpoint, queued: Endpoint) -> None:
    """Through Redis and a worker, beside one process that answers by itself: questions a second, and the first word."""
    section = "Questions to Jarvis (mock model without pauses; queue: server, Redis and a worker process)"
    servers = {"one process": alone, "queue": queued}
    many: dict[str, list[dict[str, Any]]] = {name: [] for name in servers}
    one: dict[str, list[dict[str, Any]]] = {name: [] for name in servers}
    for _ in range(bench.plan.rounds):
        for name, server in servers.items():
            one[name].append(_ask(bench, f"{name}, 1 question at a time", server, 1))
            many[name].append(_ask(bench, f"{name}, {_AT_ONCE} rooms at once", server, _AT_ONCE))
    for name in servers:
        bench.report.add(rate_row(section, f"{name}, {_AT_ONCE} rooms at once", "questions/s", many[name]))
    for label in ("median", "p99"):
        values = {name: median(_first_words(one[name], label)) for name in servers}
        for name, value in values.items():
            trouble = "; ".join(filter(None, map(faults, one[name])))
            bench.report.add(Row(section, f"{name}, to the first word, {label}", value, "ms", faults=trouble))
        added = values["queue"] - values["one process"]
        bound = _QUEUE_ADDS_MS if label == "median" else None
        target = "" if bound is None else f"< {bound:g} ms"
        bench.report.add(Row(section, f"the queue adds, {label}", added, "ms", target, bound, at_least=False))


def _ask(bench: Bench, name: str, server: Endpoint, rooms: int) -> dict[str, Any]:
    options = {"sockets": rooms, "in_flight": rooms}
    return bench.load(name, "ask", server, server.rooms[:rooms], bench.plan.questions, **options)


def _first_words(results: list[dict[str, Any]], label: str) -> list[float]:
    times = [Times.of(result["first_word"]) for result in results]
    return [time.median if label == "median" else time.p99 for time in times]
