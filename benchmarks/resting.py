"""The measurements of what is at rest: idle connections, and history in a large room."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager

import psycopg

from benchmarks.bench import Bench
from benchmarks.generator import Endpoint, Times
from benchmarks.history import fill_room, message_ids
from benchmarks.memory import Memory, settled_memory_of
from benchmarks.report import Row

_WARM_CONNECTIONS = 64
_SKIPPED_PAGES = 100
_PAGE = 50

StartServer = Callable[..., AbstractContextManager[Endpoint]]


def measure_memory(bench: Bench, start: StartServer, *, limit: float | None) -> None:
    """What a server just started grows by, for each idle connection joined to a room; ``limit`` in KiB."""
    section = "Memory of an idle connection joined to a room (growth of the server's own pages)"
    with start() as endpoint:
        with bench.generator.idle_connections(endpoint, endpoint.rooms, _WARM_CONNECTIONS):
            settled_memory_of(endpoint.pid)
        empty = settled_memory_of(endpoint.pid)
        with bench.generator.idle_connections(endpoint, endpoint.rooms, 1000):
            some = settled_memory_of(endpoint.pid)
            with bench.generator.idle_connections(endpoint, endpoint.rooms, 4000):
                many = settled_memory_of(endpoint.pid)
    prefix = "" if endpoint.name == "jarvis" else f"{endpoint.name}: "
    for count, held in ((1000, some), (5000, many)):
        growth, resident = _kib_each(empty, held, count)
        measured = {"connections": count, "unique_kib_each": growth, "resident_kib_each": resident}
        bench.report.keep(f"memory ({endpoint.name})", measured | {"empty_unique_bytes": empty.unique})
        target = "" if limit is None else f"< {limit:g} KiB"
        name = f"{prefix}{count:,} connections"
        bench.report.add(Row(section, name, growth, "KiB each", target, limit, at_least=False))


def measure_history(bench: Bench, jarvis: Endpoint) -> None:
    """Pages of 50 that end before a message picked anywhere in a room of a million."""
    messages = bench.plan.room_messages
    section = f"History: a page of {_PAGE} anywhere in a room of {messages:,} messages, one kept-alive HTTP connection"
    room_id = jarvis.rooms[-1]
    with psycopg.connect(bench.dsn, autocommit=True) as connection:
        fill_room(connection, room_id, messages)
        spread = random.Random(2).sample(range(_PAGE + 1, messages), bench.plan.pages + _SKIPPED_PAGES)
        ids = message_ids(connection, room_id, spread)
    paths = [f"/rooms/{room_id}/messages?take={_PAGE}&beforeId={message_id}" for message_id in ids]
    measured = bench.generator.get_pages(jarvis, paths, skipped=_SKIPPED_PAGES)
    bench.report.keep("history (jarvis)", measured)
    full = measured["items_per_page"]
    trouble = "" if full == _PAGE else f"{full} messages a page"
    times = Times.of(measured["page"])
    bench.report.add(Row(section, "median", times.median, "ms", faults=trouble))
    bench.report.add(Row(section, "p99", times.p99, "ms", "< 5 ms", 5.0, at_least=False, faults=trouble))


def _kib_each(empty: Memory, held: Memory, count: int) -> tuple[float, float]:
    unique = (held.unique - empty.unique) / count / 1024
    resident = (held.resident - empty.resident) / count / 1024
    return round(unique, 3), round(resident, 3)
