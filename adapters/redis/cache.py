"""What is kept for a while, where all servers find it."""

from math import ceil

from adapters.redis.database import Away, RedisDatabase, Script
from application.ports.cache import Cache

_CLAIM = Script.of("""
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
""")

_RELEASE = Script.of("""
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
""")


class RedisCache:
    """Values in Redis; while it is away, the ``fallback``'s."""

    def __init__(self, database: RedisDatabase, fallback: Cache) -> None:
        self._database = database
        self._fallback = fallback

    async def get(self, key: str) -> bytes | None:
        try:
            kept = await self._database.command("GET", self._key(key))
        except Away:
            return await self._fallback.get(key)
        return None if kept is None else bytes(kept)

    async def put(self, key: str, value: bytes, *, seconds: float) -> None:
        try:
            await self._database.command("SET", self._key(key), value, "PX", _milliseconds(seconds))
        except Away:
            await self._fallback.put(key, value, seconds=seconds)

    async def claim(self, key: str, holder: str, *, seconds: float) -> bool:
        try:
            return bool(await self._database.run(_CLAIM, [self._claim(key)], holder, _milliseconds(seconds)))
        except Away:
            return await self._fallback.claim(key, holder, seconds=seconds)

    async def release(self, key: str, holder: str) -> None:
        try:
            await self._database.run(_RELEASE, [self._claim(key)], holder)
        except Away:
            await self._fallback.release(key, holder)

    def _key(self, key: str) -> str:
        return self._database.key("cache", key)

    def _claim(self, key: str) -> str:
        return self._database.key("claim", key)


def _milliseconds(seconds: float) -> int:
    return max(1, ceil(seconds * 1000))
