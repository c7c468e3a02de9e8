"""Unread counts: a list of 500 rooms in a database of a million messages."""

from dataclasses import replace
from statistics import median
from time import perf_counter

import psycopg

from adapters.postgres.rooms import OF_USER
from benchmarks.bench import Bench
from benchmarks.generator import Endpoint, Times
from benchmarks.report import Row
from benchmarks.servers import call

_ROOMS = 500
_RUNS = 60
_SKIPPED = 10

# Everybody but the reader speaks in turn; the reader has a say now and then.
_FILL = """
WITH opened AS (
    INSERT INTO rooms (id, type, title, created_by, created_at, last_seq, last_message_at)
    SELECT gen_random_uuid(), 'group', 'Room ' || number, %(reader)s, now(), %(messages)s, now()
    FROM generate_series(1, %(rooms)s) AS number RETURNING id
), entered AS (
    INSERT INTO room_members (room_id, user_id, role, joined_at) SELECT id, %(reader)s, 'owner', now() FROM opened
)
INSERT INTO messages (id, room_id, seq, sender_type, sender_id, content, created_at)
SELECT gen_random_uuid(), opened.id, seq, 'user',
    CASE WHEN seq %% 10 = 0 THEN %(reader)s::uuid ELSE '0193b0a0-0000-7000-8000-000000000001'::uuid END,
    rpad('Message ' || seq, 100, ' and goes on'), now()
FROM generate_series(1, %(messages)s) AS seq, opened
"""


def measure_unread(bench: Bench, jarvis: Endpoint) -> None:
    """A reader of 500 rooms, with a little and with everything unread in each of them."""
    section = f"Unread counts of {_ROOMS} rooms that hold {bench.plan.room_messages:,} messages"
    signed_in = call(jarvis.port, "POST", "/auth/dev", {"name": "Reader"})
    reader, each = str(signed_in["user"]["id"]), bench.plan.room_messages // _ROOMS
    mine = replace(jarvis, tokens=(str(signed_in["token"]),))
    with psycopg.connect(bench.dsn, autocommit=True) as connection:
        connection.execute(_FILL, {"reader": reader, "messages": each, "rooms": _ROOMS})
        for table in ("messages", "rooms", "room_members"):
            connection.execute(f"VACUUM ANALYZE {table}")
        for unread in (0, 20, each):
            connection.execute("UPDATE room_members SET last_read_seq = %s WHERE user_id = %s", [each - unread, reader])
            connection.execute("VACUUM ANALYZE room_members")
            name = f"{unread:,} messages past the mark in each"
            counted = _milliseconds(connection, reader)
            bench.report.add(
                Row(section, f"{name}: in the database, median", counted, "ms", "< 10 ms", 10.0, at_least=False)
            )
            measured = bench.generator.get_pages(mine, ["/rooms"] * (_RUNS + _SKIPPED), skipped=_SKIPPED)
            bench.report.keep(f"unread ({unread})", measured)
            bench.report.add(Row(section, f"{name}: GET /rooms, median", Times.of(measured["page"]).median, "ms"))


def _milliseconds(connection: psycopg.Connection, reader: str) -> float:
    taken = []
    for run in range(_RUNS + _SKIPPED):
        started = perf_counter()
        connection.execute(OF_USER, {"user_id": reader}, binary=True).fetchall()
        if run >= _SKIPPED:
            taken.append((perf_counter() - started) * 1000)
    return median(taken)
