"""Who is in the calls of rooms, on any server."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson

from adapters.redis.database import Away, RedisDatabase, Script
from application.ports.ids import IdSource
from domain.calls import Call, CallChange, Seat
from domain.ids import CallId, RoomId, UserId

_LOCKS = 64

# All calls are in one hash, by room, and the servers that live in a sorted set by when their lease ends, in
# milliseconds of Redis's clock. Who writes a call lives.
_SWAP = Script.of("""
local kept = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if kept ~= ARGV[2] then return {0, kept} end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[2], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[5], ARGV[4])
return {1, kept}
""")

_LIVE = Script.of("""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
return {redis.call('ZRANGE', KEYS[2], 0, -1), redis.call('HGETALL', KEYS[1])}
""")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A call, and on which server each of its connections is."""

    call: Call
    servers: Mapping[str, str]


class RedisCallBoard:
    """Each call with the servers of its seats, each of which has a lease.

    A server renews its lease by ``keep``; the seats of one that died are taken out by the others once its lease of
    ``lease_seconds`` has run out. While Redis is away a call is what this server knows of it; when it is back, this
    server's own seats are put there again, also into a Redis that came back empty.
    """

    def __init__(self, database: RedisDatabase, ids: IdSource, *, lease_seconds: float = 30.0) -> None:
        self._database = database
        self._server = str(ids.new())
        self._lease_ms = round(lease_seconds * 1000)
        self._keys = [database.key("{calls}", "rooms"), database.key("{calls}", "servers")]
        self._known: dict[RoomId, _Kept] = {}
        self._unsettled: set[RoomId] = set()
        self._turns = [asyncio.Lock() for _ in range(_LOCKS)]

    async def change(self, room_id: RoomId, change: Callable[[Call | None], Call | None]) -> CallChange:
        async with self._turn(room_id):
            try:
                return await self._swap(room_id, change)
            except Away:
                known = self._known.get(room_id)
                before = None if known is None else known.call
                after = change(before)
                self._remember(room_id, self._kept(known, after))
                self._unsettled.add(room_id)
                return CallChange(before, after)

    async def find(self, room_id: RoomId) -> Call | None:
        try:
            kept = _read(room_id, await self._database.command("HGET", self._keys[0], str(room_id)) or b"")
        except Away:
            kept = self._known.get(room_id)
        return None if kept is None else kept.call

    async def keep(self) -> Sequence[CallChange]:
        changes: list[CallChange] = []
        try:
            live, fields = await self._database.run(_LIVE, self._keys, self._server, self._lease_ms)
            servers = {_text(server) for server in live}
            calls = {
                room_id: _read(room_id, value)
                for room_id, value in ((RoomId(UUID(_text(name))), value) for name, value in _pairs(fields))
            }
            for room_id in {*calls, *self._known, *self._unsettled}:
                if self._is_amiss(room_id, calls.get(room_id), servers):
                    async with self._turn(room_id):
                        changes.append(await self._mend(room_id, servers))
        except Away:
            pass
        return [change for change in changes if change.before != change.after]

    def _is_amiss(self, room_id: RoomId, kept: _Kept | None, live: set[str]) -> bool:
        known = self._known.get(room_id)
        ours = {} if known is None else self._ours(known)
        there = {} if kept is None else self._ours(kept)
        return ours.keys() != there.keys() or (kept is not None and not live.issuperset(kept.servers.values()))

    async def _mend(self, room_id: RoomId, live: set[str]) -> CallChange:
        """Put this server's seats where they belong, and take those of dead servers out."""
        known = self._known.get(room_id)
        ours = {} if known is None else self._ours(known)

        def change(kept: _Kept | None) -> Call | None:
            if kept is None:
                if known is None or not ours:
                    return None
                return replace(known.call, seats=tuple(ours.values()), version=known.call.version + 1)
            there = self._ours(kept)
            call = kept.call.without(
                lambda seat: (
                    kept.servers[seat.connection_id] not in live
                    or (seat.connection_id in there and seat.connection_id not in ours)
                )
            )
            for seat in ours.values():
                # The others hung up, or were taken out, and this one stayed: the call goes on.
                call = (call or replace(kept.call, seats=())).with_seat(seat)
            return call

        mended = await self._swap_kept(room_id, change)
        self._unsettled.discard(room_id)
        return mended

    async def _swap(self, room_id: RoomId, change: Callable[[Call | None], Call | None]) -> CallChange:
        return await self._swap_kept(room_id, lambda kept: change(None if kept is None else kept.call))

    async def _swap_kept(self, room_id: RoomId, change: Callable[[_Kept | None], Call | None]) -> CallChange:
        """Raises Away."""
        value = await self._database.command("HGET", self._keys[0], str(room_id)) or b""
        while True:
            kept = _read(room_id, value)
            before, after = None if kept is None else kept.call, change(kept)
            new = self._kept(kept, after)
            if before == after:
                break
            swapped, value = await self._database.run(
                _SWAP, self._keys, str(room_id), value, _write(new), self._server, self._lease_ms
            )
            if swapped:
                break
        self._remember(room_id, new)
        return CallChange(before, after)

    def _kept(self, before: _Kept | None, call: Call | None) -> _Kept | None:
        if call is None:
            return None
        servers = {} if before is None else before.servers
        return _Kept(call, {seat.connection_id: servers.get(seat.connection_id, self._server) for seat in call.seats})

    def _remember(self, room_id: RoomId, kept: _Kept | None) -> None:
        """Keep in mind what this server has a part in."""
        if kept is not None and self._ours(kept):
            self._known[room_id] = kept
        else:
            self._known.pop(room_id, None)

    def _ours(self, kept: _Kept) -> dict[str, Seat]:
        return {
            seat.connection_id: seat for seat in kept.call.seats if kept.servers[seat.connection_id] == self._server
        }

    def _turn(self, room_id: RoomId) -> asyncio.Lock:
        return self._turns[hash(room_id) % _LOCKS]


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _pairs(fields: Sequence[bytes] | Mapping[bytes, bytes]) -> Sequence[tuple[bytes, bytes]]:
    if isinstance(fields, Mapping):
        return list(fields.items())
    return list(zip(fields[::2], fields[1::2], strict=True))


def _write(kept: _Kept | None) -> bytes:
    if kept is None:
        return b""
    call = kept.call
    seats = [
        [seat.connection_id, seat.user_id, seat.since.isoformat(), seat.signalled, kept.servers[seat.connection_id]]
        for seat in call.seats
    ]
    return orjson.dumps([call.id, call.started_by, call.started_at.isoformat(), call.version, seats])


def _read(room_id: RoomId, value: bytes) -> _Kept | None:
    if not value:
        return None
    id_, started_by, started_at, version, rows = orjson.loads(value)
    seats = tuple(
        Seat(connection_id, UserId(UUID(user_id)), datetime.fromisoformat(since), signalled)
        for connection_id, user_id, since, signalled, _ in rows
    )
    call = Call(
        CallId(UUID(id_)), room_id, UserId(UUID(started_by)), datetime.fromisoformat(started_at), version, seats
    )
    return _Kept(call, {row[0]: row[4] for row in rows})
