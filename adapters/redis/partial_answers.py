"""What Jarvis has said so far of answers that are not finished."""

import json

from adapters.redis.database import Away, RedisDatabase, Script
from application.ports.partial_answers import PartialAnswer
from domain.ids import RoomId

_CLEAR = Script.of("""
local kept = redis.call('GET', KEYS[1])
if kept and cjson.decode(kept)[1] == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
""")


class RedisPartialAnswers:
    """An answer a room, forgotten ``seconds`` after its last piece.

    Without Redis who joins in the middle hears the rest of the answer only, and all of it when it is posted.
    """

    def __init__(self, database: RedisDatabase, *, seconds: float = 120.0) -> None:
        self._database = database
        self._ms = round(seconds * 1000)

    async def put(self, room_id: RoomId, answer: PartialAnswer) -> None:
        kept = json.dumps([answer.public_id, answer.index, answer.text])
        try:
            await self._database.command("SET", self._key(room_id), kept, "PX", self._ms)
        except Away:
            return

    async def clear(self, room_id: RoomId, public_id: str) -> None:
        try:
            await self._database.run(_CLEAR, [self._key(room_id)], public_id)
        except Away:
            return

    async def of_room(self, room_id: RoomId) -> PartialAnswer | None:
        try:
            kept = await self._database.command("GET", self._key(room_id))
        except Away:
            return None
        return None if kept is None else PartialAnswer(*json.loads(kept))

    def _key(self, room_id: RoomId) -> str:
        return self._database.key("partial", room_id)
