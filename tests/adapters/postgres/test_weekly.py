"""By what PostgreSQL finds the rooms whose reports are outdated, and those to be looked through."""

import json
from datetime import UTC, datetime

import psycopg
import pytest

from adapters.postgres.gleaning_places import BEHIND
from adapters.postgres.pulse_reports import CHANGED_BY, OUTDATED
from domain.users import Actor
from tests.adapters.postgres.conftest import Server
from tests.adapters.postgres.test_unread import nodes

ROOMS, EACH = 60, 300

# Reports were made long ago, and tell of nothing in ten rooms, and else of half of what was said; those of odd rooms of
# all of it, but for a reaction.
FILL = """
WITH opened AS (
    INSERT INTO rooms (id, type, title, created_by, created_at, last_message_at, last_seq, gleaned_seq)
    SELECT gen_random_uuid(), 'group', number::text, %(ana)s, now(), now(), %(each)s + 1, %(each)s / 2
    FROM generate_series(1, %(rooms)s) AS number
    RETURNING id, title::int AS number
), said AS (
    INSERT INTO messages (id, room_id, seq, sender_type, sender_id, content, created_at)
    SELECT gen_random_uuid(), id, seq, 'user', %(ana)s, seq, now() FROM opened, generate_series(1, %(each)s) AS seq
    RETURNING id, room_id, seq
), logged AS (
    INSERT INTO room_events (room_id, seq, type, message_id, at) SELECT room_id, seq, 1, id, now() FROM said
    UNION ALL SELECT id, %(each)s + 1, 9, NULL, now() FROM opened
)
INSERT INTO pulse_reports (id, room_id, generated_at, until_seq, content)
SELECT gen_random_uuid(), id, '1990-01-01 00:00Z', CASE WHEN number %% 2 = 0 THEN %(each)s / 2 ELSE %(each)s END, '{}'
FROM opened WHERE number > 10
"""


@pytest.mark.parametrize(
    ("due", "outdated"), [(datetime(2100, 1, 1, tzinfo=UTC), 35), (datetime(2000, 1, 1, tzinfo=UTC), 0)]
)
async def test_the_log_is_read_from_where_the_report_ends_to_the_first_change(
    server: Server, ana: Actor, due: datetime, outdated: int
) -> None:
    asked = {"due": due, "after": None, "take": ROOMS, "changed_by": CHANGED_BY}
    async with await psycopg.AsyncConnection.connect(server.dsn, autocommit=True) as connection:
        await connection.execute(FILL, {"ana": ana.id, "rooms": ROOMS, "each": EACH})
        await connection.execute("VACUUM ANALYZE")
        found = await (await connection.execute(OUTDATED, asked)).fetchall()
        [(plan,)] = await (await connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + OUTDATED, asked)).fetchall()
    assert len(found) == outdated
    [scan] = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "room_events"]
    assert scan["Index Name"] == "room_events_pkey", json.dumps(plan)
    assert scan["Actual Loops"] == ROOMS
    for rows in (scan["Actual Rows"], scan.get("Rows Removed by Filter", 0)):
        assert isinstance(rows, int | float)
        assert rows <= 1, "no more than the first change, and the reaction before it"


@pytest.mark.parametrize(
    ("due", "behind"), [(datetime(2100, 1, 1, tzinfo=UTC), ROOMS), (datetime(2000, 1, 1, tzinfo=UTC), 0)]
)
async def test_talk_is_read_from_the_place_of_its_room_to_the_first_message(
    server: Server, ana: Actor, due: datetime, behind: int
) -> None:
    asked = {"due": due, "after": None, "take": ROOMS}
    async with await psycopg.AsyncConnection.connect(server.dsn, autocommit=True) as connection:
        await connection.execute(FILL, {"ana": ana.id, "rooms": ROOMS, "each": EACH})
        await connection.execute("VACUUM ANALYZE")
        found = await (await connection.execute(BEHIND, asked)).fetchall()
        [(plan,)] = await (await connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + BEHIND, asked)).fetchall()
    assert len(found) == behind
    [scan] = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "messages"]
    assert scan["Index Name"] == "messages_by_room_and_seq", json.dumps(plan)
    assert (scan["Actual Loops"], scan.get("Rows Removed by Filter", 0)) == (ROOMS, 0)
    rows = scan["Actual Rows"]
    assert isinstance(rows, int | float)
    assert rows <= 1, "no more than the first"
