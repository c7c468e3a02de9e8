"""What messages on their way into the log refer to, looked up before they are kept."""

from collections.abc import Mapping, Sequence
from typing import LiteralString

from psycopg import AsyncRawCursor

from adapters.postgres.database import Connection
from application.ports.message_log import NewMessage
from domain.ids import MessageId

# A message goes only when its room goes, and keeps its place in its thread: what was found stays true, and if the room
# is gone by the time of the insertion, nothing is inserted.
THREADS: LiteralString = """
select w.id, coalesce(m.thread_id, m.id)
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w (id, room_id, reply_to)
join messages m on m.id = w.reply_to and m.room_id = w.room_id
"""


async def threads(connection: Connection, replies: Sequence[NewMessage]) -> Mapping[MessageId, MessageId]:
    """The message with which the thread of each reply begins, by the reply's id.

    Those that answer no message of their room are left out.
    """
    columns: list[list[object]] = [
        [reply.id for reply in replies],
        [reply.room_id for reply in replies],
        [reply.reply_to for reply in replies],
    ]
    cursor = AsyncRawCursor(connection)
    await cursor.execute(THREADS, columns, binary=True)
    return dict(await cursor.fetchall())
