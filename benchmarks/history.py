"""A room of a million messages, made by the database itself."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

# Ids as the server makes them: version 7, so in the order of their time. Everybody in the room has a say in turn.
_FILL = """
WITH room AS (
    SELECT last_seq FROM rooms WHERE id = %(room_id)s FOR UPDATE
), people AS (
    SELECT array_agg(user_id ORDER BY user_id) AS ids FROM room_members WHERE room_id = %(room_id)s
), said AS (
    SELECT room.last_seq + number AS seq,
        now() - (%(messages)s - number) * interval '1 second' AS at,
        people.ids[1 + number %% cardinality(people.ids)] AS sender_id,
        md5(number::text) AS noise,
        rpad('Message ' || number || ' of many in a room that never sleeps ', 100, 'and goes on ') AS content
    FROM room, people, generate_series(1, %(messages)s) AS number
), raised AS (
    UPDATE rooms SET last_seq = last_seq + %(messages)s, last_message_at = now() WHERE id = %(room_id)s
), written AS (
    INSERT INTO messages (id, room_id, seq, sender_type, sender_id, content, created_at, client_temp_id, fingerprint)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
            || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid,
        %(room_id)s, seq, 'user', sender_id, content, at, noise::uuid::text, sha256(convert_to(content, 'UTF8'))
    FROM said
    RETURNING id, seq, sender_id, created_at
)
INSERT INTO room_events (room_id, seq, type, message_id, user_id, at)
SELECT %(room_id)s, seq, 1, id, sender_id, created_at FROM written
"""


def fill_room(connection: psycopg.Connection, room_id: str, messages: int) -> None:
    """Add ``messages`` messages of 100 bytes and their events to a room, and leave the tables as autovacuum would.
    ``connection`` is in autocommit mode."""
    connection.execute(_FILL, {"room_id": room_id, "messages": messages})
    for table in ("messages", "room_events", "rooms"):
        connection.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))


def message_ids(connection: psycopg.Connection, room_id: str, places: Sequence[int]) -> list[str]:
    """The ids of the room's messages at these places, counted from 1, in the order of ``places``."""
    found = connection.execute(
        """
        WITH numbered AS (SELECT id, row_number() OVER (ORDER BY seq) AS place FROM messages WHERE room_id = %s)
        SELECT id::text FROM unnest(%s::bigint[]) WITH ORDINALITY AS asked (place, number) JOIN numbered USING (place)
        ORDER BY asked.number
        """,
        [room_id, list(places)],
    )
    return [row[0] for row in found]
