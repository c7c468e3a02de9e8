"""Who has a socket open, on any server."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence

from adapters.redis.database import Away, RedisDatabase, Script
from application.ports.clock import Clock
from application.ports.ids import IdSource
from domain.ids import UserId

_log = logging.getLogger(__name__)

_BUCKETS = 16
"""People are spread over so many groups of keys, each in one slot of a cluster, so that one script serves many."""
_AT_ONCE = 256
_LOCKS = 64

# A person's key is a sorted set of servers by when their lease ends, in milliseconds of Redis's clock; the key itself
# lives as long as the longest of them.
_ARRIVE = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local others = {}
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  redis.call('PEXPIREAT', key, redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  others[i] = redis.call('ZCARD', key) - 1
end
return others
""")

_DEPART = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local others = {}
for i, key in ipairs(KEYS) do
  redis.call('ZREM', key, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  others[i] = redis.call('ZCARD', key)
  if others[i] > 0 then
    redis.call('PEXPIREAT', key, redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2])
  end
end
return others
""")

_ONLINE = Script.of("""
local there = {}
for i, key in ipairs(KEYS) do
  there[i] = redis.call('EXISTS', key)
end
return there
""")


class RedisPresenceBoard:
    """For each person the servers where they have a connection, each with a lease.

    This server counts its own connections; a person's first and last here go to Redis. It renews its leases while it
    lives, so those of a server that died run out after ``lease_seconds``. While Redis is away presence is what this
    server knows; when it is back, everybody here is announced again.
    """

    def __init__(
        self,
        database: RedisDatabase,
        ids: IdSource,
        clock: Clock,
        *,
        lease_seconds: float = 40.0,
        renew_seconds: float = 15.0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._server = str(ids.new())
        self._lease_ms = round(lease_seconds * 1000)
        self._renew_seconds = renew_seconds
        self._here: dict[UserId, set[str]] = {}
        self._unsettled: set[UserId] = set()
        self._turns = [asyncio.Lock() for _ in range(_LOCKS)]
        self._renewing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        database.on_return(self.announce_soon)

    async def start(self) -> None:
        self._renewing = asyncio.create_task(self._keep_renewing())

    async def stop(self) -> None:
        """End, and take everybody who is still here off the board."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait({self._renewing})
        people = [*self._here, *self._unsettled]
        self._here.clear()
        try:
            await self._run(_DEPART, people)
        except Away:
            _log.info("presence could not be taken back: it runs out by itself")

    def announce_soon(self) -> None:
        """Tell Redis again who is here, as when it was away and may have come back empty."""
        self._hurry.set()

    async def arrive(self, user_id: UserId, connection_id: str) -> bool:
        async with self._turn(user_id):
            connections = self._here.setdefault(user_id, set())
            connections.add(connection_id)
            if len(connections) > 1:
                return False
            try:
                return (await self._run(_ARRIVE, [user_id]))[user_id] == 0
            except Away:
                return True

    async def depart(self, user_id: UserId, connection_id: str) -> bool:
        async with self._turn(user_id):
            connections = self._here.get(user_id, set())
            if connection_id not in connections:
                return False
            connections.discard(connection_id)
            if connections:
                return False
            del self._here[user_id]
            try:
                return (await self._run(_DEPART, [user_id]))[user_id] == 0
            except Away:
                self._unsettled.add(user_id)
                return True

    async def online(self, user_ids: Sequence[UserId]) -> frozenset[UserId]:
        here = frozenset(user_id for user_id in user_ids if user_id in self._here)
        elsewhere = [user_id for user_id in user_ids if user_id not in here]
        try:
            there = await self._run(_ONLINE, elsewhere)
        except Away:
            return here
        return here.union(user_id for user_id, is_there in there.items() if is_there)

    async def renew(self) -> None:
        """Renew the leases of everybody here, and take off who left while Redis was away."""
        self._hurry.clear()
        left = [user_id for user_id in self._unsettled if user_id not in self._here]
        await self._run(_DEPART, left)
        self._unsettled.difference_update(left)
        self._unsettled.difference_update(self._here)
        people = list(self._here)
        await self._run(_ARRIVE, people)
        await self._run(_DEPART, [user_id for user_id in people if user_id not in self._here])

    def _turn(self, user_id: UserId) -> asyncio.Lock:
        return self._turns[hash(user_id) % _LOCKS]

    async def _keep_renewing(self) -> None:
        while True:
            try:
                await self.renew()
            except Away:
                self._hurry.clear()
            nap = asyncio.create_task(self._clock.sleep(self._renew_seconds))
            hurried = asyncio.create_task(self._hurry.wait())
            try:
                await asyncio.wait({nap, hurried}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                nap.cancel()
                hurried.cancel()

    async def _run(self, script: Script, user_ids: Sequence[UserId]) -> dict[UserId, int]:
        """Run a script for many people; answers its number for each. Raises Away."""
        buckets: defaultdict[int, list[UserId]] = defaultdict(list)
        for user_id in user_ids:
            buckets[user_id.int % _BUCKETS].append(user_id)
        groups = [
            (bucket, people[first : first + _AT_ONCE])
            for bucket, people in buckets.items()
            for first in range(0, len(people), _AT_ONCE)
        ]
        answers = await asyncio.gather(*(self._run_group(script, bucket, people) for bucket, people in groups))
        return {user_id: number for answer in answers for user_id, number in answer}

    async def _run_group(self, script: Script, bucket: int, user_ids: Sequence[UserId]) -> Iterable[tuple[UserId, int]]:
        keys = [self._database.key("presence", f"{{{bucket}}}", user_id) for user_id in user_ids]
        return zip(user_ids, await self._database.run(script, keys, self._server, self._lease_ms), strict=True)
