"""What messages on their way into the log refer to, looked up before they are kept."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from psycopg import AsyncRawCursor

from adapters.postgres.database import Connection
from application.ports.message_log import NewMessage
from domain.ids import MessageId, RoomId, UserId
from domain.mentions import NOBODY, Mentions, may_mention, mentions_in
from domain.messages import text_of

# A message goes only when its room goes, and keeps its place in its thread: what was found stays true, and if the room
# is gone by the time of the insertion, nothing is inserted.
THREADS: LiteralString = """
select w.id, coalesce(m.thread_id, m.id)
from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w (id, room_id, reply_to)
join messages m on m.id = w.reply_to and m.room_id = w.room_id
"""

NAMES: LiteralString = """
select r.id, r.members_version, u.id, u.name
from rooms r join room_members m on m.room_id = r.id join users u on u.id = m.user_id
where r.id = any($1::uuid[])
order by r.id, m.joined_at, m.user_id
"""


class References:
    """Of each message of a batch the thread it belongs to, and whom it mentions."""

    def __init__(self) -> None:
        self.threads: dict[MessageId, MessageId] = {}
        self._mentions: dict[MessageId, Mentions] = {}
        self._members: dict[RoomId, list[tuple[UserId, str]]] = {}

    @property
    def any(self) -> bool:
        """Whether one of them refers to something."""
        return bool(self.threads or self._mentions)

    def mentions(self, message: NewMessage) -> Mentions:
        return self._mentions.get(message.id, NOBODY)

    def told(self, message: NewMessage) -> tuple[UserId, ...]:
        """Who is to be told that the message mentions them."""
        mentions = self._mentions.get(message.id)
        if mentions is None:
            return ()
        members = [user_id for user_id, _ in self._members[message.room_id]]
        return mentions.told(members, message.sender_id)

    async def look_up(
        self, connection: Connection, messages: Sequence[NewMessage], versions: Mapping[RoomId, int]
    ) -> Sequence[RoomId]:
        """Find out what can be; answers the rooms that have other members by now than at the version given."""
        replies = [message for message in messages if message.reply_to is not None]
        if replies:
            self.threads = await _threads(connection, replies)
        speaking = [message for message in messages if "@" in message.content and may_mention(text_of(message.content))]
        if not speaking:
            return []
        rooms = list(dict.fromkeys(message.room_id for message in speaking))
        found = await _names(connection, rooms)
        self._members = {room_id: members for room_id, (_, members) in found.items()}
        for message in speaking:
            mentions = mentions_in(text_of(message.content), self._members.get(message.room_id, ()))
            if mentions != NOBODY:
                self._mentions[message.id] = mentions
            else:
                self._mentions.pop(message.id, None)
        return [room_id for room_id in rooms if room_id not in found or found[room_id][0] != versions.get(room_id)]


async def _threads(connection: Connection, replies: Sequence[NewMessage]) -> dict[MessageId, MessageId]:
    columns: list[list[object]] = [
        [reply.id for reply in replies],
        [reply.room_id for reply in replies],
        [reply.reply_to for reply in replies],
    ]
    cursor = AsyncRawCursor(connection)
    await cursor.execute(THREADS, columns, binary=True)
    return dict(await cursor.fetchall())


async def _names(
    connection: Connection, rooms: Sequence[RoomId]
) -> Mapping[RoomId, tuple[int, list[tuple[UserId, str]]]]:
    cursor = AsyncRawCursor(connection)
    await cursor.execute(NAMES, [list(rooms)], binary=True)
    found: dict[RoomId, tuple[int, list[tuple[UserId, str]]]] = {}
    row: tuple[Any, ...]
    for row in await cursor.fetchall():
        room_id, version, user_id, name = row
        found.setdefault(room_id, (version, []))[1].append((user_id, name))
    return found
