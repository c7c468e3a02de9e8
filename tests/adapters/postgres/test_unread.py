"""By what PostgreSQL counts what is unread."""

import json

import psycopg
import pytest

from adapters.postgres.rooms import OF_USER
from domain.rooms import looked_at
from domain.users import Actor
from tests.adapters.postgres.conftest import Server

ROOMS, EACH = 60, 450

# Half of what is said in each room is the reader's own, the newest message too.
FILL = """
WITH opened AS (
    INSERT INTO rooms (id, type, title, created_by, created_at, last_seq)
    SELECT gen_random_uuid(), 'group', number::text, %(ana)s, now(), %(each)s
    FROM generate_series(1, %(rooms)s) AS number
    RETURNING id
), entered AS (
    INSERT INTO room_members (room_id, user_id, role, joined_at) SELECT id, %(ana)s, 'owner', now() FROM opened
)
INSERT INTO messages (id, room_id, seq, sender_type, sender_id, content, created_at)
SELECT gen_random_uuid(), id, seq, 'user', CASE WHEN seq %% 2 = 0 THEN %(ana)s::uuid ELSE %(ben)s::uuid END, seq, now()
FROM opened, generate_series(1, %(each)s) AS seq
"""

READ_ALL_BUT = """
UPDATE room_members m SET last_read_seq = CASE WHEN r.title::int > %(news)s THEN %(each)s ELSE 0 END
FROM rooms r WHERE r.id = m.room_id
"""


@pytest.fixture
async def many_rooms(server: Server, ana: Actor, ben: Actor) -> Server:
    values = {"ana": ana.id, "ben": ben.id, "rooms": ROOMS, "each": EACH}
    async with await psycopg.AsyncConnection.connect(server.dsn, autocommit=True) as connection:
        await connection.execute(FILL, values)
        await connection.execute("VACUUM ANALYZE messages")
    return server


async def test_it_is_counted_in_the_index_and_only_where_there_is_news(many_rooms: Server, ana: Actor) -> None:
    news = 56
    async with await psycopg.AsyncConnection.connect(many_rooms.dsn, autocommit=True) as connection:
        await connection.execute(READ_ALL_BUT, {"news": news, "each": EACH})
        explained = await connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + OF_USER, {"user_id": ana.id})
        [(plan,)] = await explained.fetchall()
    [scan] = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "messages"]
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Only Scan", "messages_by_room_and_seq"), json.dumps(plan)
    assert scan["Heap Fetches"] == 0
    assert (scan["Actual Loops"], scan["Actual Rows"]) == (news, looked_at(news))


def nodes(plan: dict[str, object]) -> list[dict[str, object]]:
    below = plan.get("Plans", [])
    assert isinstance(below, list)
    return [plan, *(node for part in below for node in nodes(part))]
