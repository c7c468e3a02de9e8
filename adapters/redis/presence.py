"""Who has a socket open, on any server."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

from adapters.redis.database import Away, RedisDatabase, Script
from application.ports.clock import Clock
from application.ports.ids import IdSource
from domain.ids import UserId
from domain.presence import Turn

_log = logging.getLogger(__name__)

_BUCKETS = 16
"""People are spread over so many groups of keys, each in one slot of a cluster, so that one script serves many."""
_AT_ONCE = 256
_LOCKS = 64
_AS_IT_HAPPENS, _RENEWED, _OVERDUE = 0, 1, 2

# A person's key is a sorted set of servers by when their lease ends, in milliseconds of Redis's clock; the key itself
# lives as long as the longest of them. `told`, one for each group, has everybody who is there as far as anybody was
# told, by when their longest lease ends; `lapsed` those whose leases ran out, which was told, by when that was noticed.
# Who gets into `told` or out of it, and so is told of, is decided by Redis alone: one after the other, once each. The
# number of a change is Redis's clock in microseconds. KEYS are told, lapsed and the people's; ARGV the server, the
# length of a lease, what it is about, and the people. What is overdue may have run before, its answer lost: it is told
# in any case, as it stands, the number below zero where the person is there still.
_ARRIVE = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local changes = {}
for i = 3, #KEYS do
  local key, person = KEYS[i], ARGV[i + 1]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]
  redis.call('PEXPIREAT', key, last)
  local comes = redis.call('ZADD', KEYS[1], last, person) == 1
  local had_lapsed = redis.call('ZREM', KEYS[2], person) == 1
  if ARGV[3] == '2' or (comes and (ARGV[3] == '0' or had_lapsed)) then
    changes[i - 2] = time[1] * 1000000 + time[2]
  else
    changes[i - 2] = 0
  end
end
return changes
""")

_DEPART = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local changes = {}
for i = 3, #KEYS do
  local key, person = KEYS[i], ARGV[i + 1]
  redis.call('ZREM', key, ARGV[1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')[2]
  changes[i - 2] = 0
  if last then
    redis.call('PEXPIREAT', key, last)
    redis.call('ZADD', KEYS[1], last, person)
    if ARGV[3] == '2' then
      changes[i - 2] = -(time[1] * 1000000 + time[2])
    end
  else
    local had_lapsed = redis.call('ZREM', KEYS[2], person) == 1
    if redis.call('ZREM', KEYS[1], person) == 1 or ARGV[3] == '2' or not had_lapsed then
      changes[i - 2] = time[1] * 1000000 + time[2]
    end
  end
end
return changes
""")

# Whose lease has run out is told to whoever asks first. Who asks again, since an answer was lost, names the time, in
# milliseconds, after which others' answers are wanted too.
_LAPSED = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[1])
for i = 1, #gone, 2 do
  redis.call('ZREM', KEYS[1], gone[i])
  redis.call('ZADD', KEYS[2], now, gone[i])
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 86400000)
local missed = {}
if ARGV[2] ~= '' then
  missed = redis.call('ZRANGEBYSCORE', KEYS[2], ARGV[2], '(' .. now, 'WITHSCORES')
end
return {time[1] * 1000000 + time[2], gone, missed}
""")

_ONLINE = Script.of("""
local there = {}
for i = 3, #KEYS do
  there[i - 2] = redis.call('EXISTS', KEYS[i])
end
return there
""")


class RedisPresenceBoard:
    """For each person the servers where they have a connection, each with a lease.

    This server counts its own connections; a person's first and last here go to Redis. It renews its leases while it
    lives, so those of a server that died run out after ``lease_seconds``, which whichever server asks for ``turns``
    first tells. A server that stops leaves its people ``grace_seconds`` to come back at another one.

    While Redis is away presence is what this server knows; when it is back, everybody here is announced again, and what
    other servers may not have heard is among the ``turns``, as it stands then.
    """

    def __init__(
        self,
        database: RedisDatabase,
        ids: IdSource,
        clock: Clock,
        *,
        lease_seconds: float = 40.0,
        renew_seconds: float = 15.0,
        grace_seconds: float = 5.0,
    ) -> None:
        self._database = database
        self._clock = clock
        self._server = str(ids.new())
        self._lease_ms = round(lease_seconds * 1000)
        self._grace_ms = round(grace_seconds * 1000)
        self._renew_seconds = renew_seconds
        self._here: dict[UserId, set[str]] = {}
        self._unshared: set[UserId] = set()
        self._found: list[Turn] = []
        self._number = 0
        self._ahead = 0  # how far Redis's clock is ahead of this server's, in microseconds
        self._missed_after: dict[int, int] = {}
        self._heard: dict[int, int] = {}
        self._stripes = [asyncio.Lock() for _ in range(_LOCKS)]
        self._renewing: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        database.on_return(self.announce_soon)

    async def start(self) -> None:
        self._renewing = asyncio.create_task(self._keep_renewing())

    async def stop(self) -> None:
        """End, and leave everybody who is still here a while to come back elsewhere."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait({self._renewing})
        here, left = list(self._here), [user_id for user_id in self._unshared if user_id not in self._here]
        self._here.clear()
        try:
            await self._run(_DEPART, left)
            await self._run(_ARRIVE, here, lease_ms=self._grace_ms, about=_RENEWED)
        except Away:
            _log.info("presence could not be taken back: it runs out by itself")

    def announce_soon(self) -> None:
        """Tell Redis again who is here, as when it was away and may have come back empty."""
        self._hurry.set()

    async def arrive(self, user_id: UserId, connection_id: str) -> int | None:
        async with self._stripe(user_id):
            connections = self._here.setdefault(user_id, set())
            connections.add(connection_id)
            return await self._share(_ARRIVE, user_id) if len(connections) == 1 else None

    async def depart(self, user_id: UserId, connection_id: str) -> int | None:
        async with self._stripe(user_id):
            connections = self._here.get(user_id, set())
            if connection_id not in connections:
                return None
            connections.discard(connection_id)
            if connections:
                return None
            del self._here[user_id]
            return await self._share(_DEPART, user_id)

    async def online(self, user_ids: Sequence[UserId]) -> frozenset[UserId]:
        here = frozenset(user_id for user_id in user_ids if user_id in self._here)
        elsewhere = [user_id for user_id in user_ids if user_id not in here]
        try:
            there = await self._run(_ONLINE, elsewhere)
        except Away:
            return here
        return here.union(user_id for user_id, is_there in there.items() if is_there)

    async def turns(self) -> Sequence[Turn]:
        await asyncio.gather(*(self._find_lapsed(bucket) for bucket in range(_BUCKETS)))
        found, self._found = self._found, []
        return found

    async def renew(self) -> None:
        """Renew the leases of everybody here, and share what could not be shared while Redis was away. Raises Away."""
        self._hurry.clear()
        async with AsyncExitStack() as stack:
            for stripe in self._stripes:
                await stack.enter_async_context(stripe)
            came = [user_id for user_id in self._unshared if user_id in self._here]
            self._find(await self._run(_ARRIVE, came, about=_OVERDUE))
            self._unshared.difference_update(came)
            left = list(self._unshared)
            told = await self._run(_DEPART, left, about=_OVERDUE)
            self._find({user_id: -number for user_id, number in told.items()})
            self._unshared.difference_update(left)
            self._find(await self._run(_ARRIVE, list(self._here), about=_RENEWED))

    def _stripe(self, user_id: UserId) -> asyncio.Lock:
        return self._stripes[hash(user_id) % _LOCKS]

    async def _share(self, script: Script, user_id: UserId) -> int | None:
        """Tell Redis; the number of the change, or None where there is none. As far as this server knows, there is one
        while Redis is away."""
        about = _OVERDUE if user_id in self._unshared else _AS_IT_HAPPENS
        try:
            number = max(0, (await self._run(script, [user_id], about=about))[user_id])
        except Away:
            self._unshared.add(user_id)
            number = max(self._number + 1, self._microseconds() + self._ahead)
        else:
            self._unshared.discard(user_id)
        self._number = max(self._number, number)
        return number or None

    def _find(self, numbers: Mapping[UserId, int]) -> None:
        """Keep for ``turns`` who has come, by numbers above zero, and who has gone, by those below."""
        now = self._clock.now()
        self._found += [Turn(user_id, number > 0, abs(number), now) for user_id, number in numbers.items() if number]

    async def _find_lapsed(self, bucket: int) -> None:
        is_more = True
        while is_more:
            since = self._missed_after.get(bucket, "")
            try:
                number, gone, missed = await self._database.run(_LAPSED, self._group_keys(bucket), _AT_ONCE, since)
            except Away:
                if bucket in self._heard:
                    self._missed_after.setdefault(bucket, self._heard[bucket] // 1000)
                return
            self._missed_after.pop(bucket, None)
            self._heard[bucket] = number
            self._ahead = number - self._microseconds()
            for person, lease_end in zip((*gone[::2], *missed[::2]), (*gone[1::2], *missed[1::2]), strict=True):
                last_renewed = datetime.fromtimestamp((float(lease_end) - self._lease_ms) / 1000, UTC)
                at = last_renewed.replace(microsecond=last_renewed.microsecond // 1000 * 1000)
                self._found.append(Turn(UserId(UUID(_text(person))), False, number, at))
            is_more = len(gone) == 2 * _AT_ONCE

    def _microseconds(self) -> int:
        return round(self._clock.now().timestamp() * 1_000_000)

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

    async def _run(
        self,
        script: Script,
        user_ids: Sequence[UserId],
        *,
        lease_ms: int | None = None,
        about: int = _AS_IT_HAPPENS,
    ) -> dict[UserId, int]:
        """Run a script for many people; answers its number for each. Raises Away."""
        buckets: defaultdict[int, list[UserId]] = defaultdict(list)
        for user_id in user_ids:
            buckets[user_id.int % _BUCKETS].append(user_id)
        groups = [
            (bucket, people[first : first + _AT_ONCE])
            for bucket, people in buckets.items()
            for first in range(0, len(people), _AT_ONCE)
        ]
        arguments = (self._server, self._lease_ms if lease_ms is None else lease_ms, about)
        answers = await asyncio.gather(
            *(self._run_group(script, bucket, people, arguments) for bucket, people in groups)
        )
        return {user_id: number for answer in answers for user_id, number in answer}

    async def _run_group(
        self, script: Script, bucket: int, user_ids: Sequence[UserId], arguments: tuple[str, int, int]
    ) -> Iterable[tuple[UserId, int]]:
        keys = [self._database.key("presence", f"{{{bucket}}}", user_id) for user_id in user_ids]
        answer = await self._database.run(script, [*self._group_keys(bucket), *keys], *arguments, *map(str, user_ids))
        return zip(user_ids, answer, strict=True)

    def _group_keys(self, bucket: int) -> Sequence[str]:
        return [self._database.key(name, f"{{{bucket}}}") for name in ("told", "lapsed")]


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
