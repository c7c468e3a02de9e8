"""How often somebody may do something, on all servers together."""

import asyncio
from dataclasses import dataclass

from adapters.redis.database import Away, RedisDatabase, Script
from application.limits import RateLimit
from application.ports.rate_limits import RateLimits

# A bucket is kept as when it will be full again, in microseconds of Redis's clock. Answers how many tokens were taken,
# and where there was none, the microseconds until there is one.
_TAKE = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local burst, each, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
full_at = math.min(math.max(full_at, now), now + burst * each)
local taken = math.min(math.floor((now + burst * each - full_at + 1) / each), wanted)
full_at = full_at + taken * each
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
if taken < 1 then
  return {0, math.ceil(full_at + each - burst * each - now)}
end
return {taken, 0}
""")

_SHARE = 20
_HELD_SECONDS = 1.0
_MANY = 4096


@dataclass(slots=True)
class _Held:
    """Tokens that this server has taken ahead, until when (of the loop's clock)."""

    tokens: int
    until: float


class RedisRateLimits:
    """Buckets in Redis; while it is away, the ``fallback``'s.

    From a large bucket a server takes a twentieth at a time and hands it out within a second, so that sends need not
    each ask Redis. Nobody gets more for it; who is on several servers at once may get up to that share less.
    """

    def __init__(self, database: RedisDatabase, fallback: RateLimits) -> None:
        self._database = database
        self._fallback = fallback
        self._held: dict[str, _Held] = {}
        self._asking: dict[str, asyncio.Task[float]] = {}

    async def take(self, bucket: str, key: str, limit: RateLimit) -> float:
        name = self._database.key("rate", bucket, key)
        loop = asyncio.get_running_loop()
        while True:
            held = self._held.get(name)
            if held is not None:
                if held.tokens and loop.time() < held.until:
                    held.tokens -= 1
                    return 0.0
                del self._held[name]
            # Those who come while Redis is asked wait for what it says.
            asking = self._asking.get(name)
            if asking is None:
                asking = self._asking[name] = loop.create_task(self._fetch(name, limit))
                asking.add_done_callback(lambda _: self._asking.pop(name, None))
            try:
                wait = await asyncio.shield(asking)
            except Away:
                return await self._fallback.take(bucket, key, limit)
            if wait > 0:
                return wait

    async def _fetch(self, name: str, limit: RateLimit) -> float:
        """Take tokens ahead; answers the seconds to wait where there is none. Raises Away."""
        wanted = max(1, limit.burst // _SHARE)
        taken, microseconds = await self._database.run(_TAKE, [name], limit.burst, 1e6 / limit.per_second, wanted)
        if taken:
            now = asyncio.get_running_loop().time()
            if len(self._held) > _MANY:
                self._held = {key: held for key, held in self._held.items() if held.tokens and held.until > now}
            self._held[name] = _Held(taken, now + _HELD_SECONDS)
        return float(microseconds) / 1e6
