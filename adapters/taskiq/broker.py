"""The broker: a Redis stream and a group of workers that share it, whatever becomes of Redis."""

import asyncio
import logging
from abc import abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisClusterException, RedisError, ResponseError
from taskiq import AckableMessage, AsyncBroker
from taskiq_redis import RedisStreamBroker, RedisStreamClusterBroker

from adapters.taskiq.cancellation import heed_cancellation
from adapters.taskiq.pace import QueuePace

FAILURES = (RedisError, RedisClusterException, OSError)
"""What redis-py raises when a server is away, refuses or does not speak the protocol."""

_log = logging.getLogger(__name__)

_GROUP = "workers"
_DATA = b"data"
_PORT = 6379
_CONNECTIONS = 64

_Entry = tuple[bytes, Mapping[bytes, bytes] | None]
"""An id, and the fields; None where the stream was trimmed meanwhile."""


class StreamBroker(AsyncBroker):
    """What both brokers below change in those they derive from.

    Listening never ends of itself: a lost connection is made again, and a group that has vanished, as when Redis came
    back empty, is made anew. The group begins with the oldest entry, so what was sent before there was a worker is
    heard. What a dead worker has left is taken over also when nothing new comes in. An entry that was acknowledged is
    deleted, so the stream is as long as there is work.
    """

    queue_name: str
    consumer_name: str
    pace: QueuePace
    _look_at = 0.0

    @property
    @abstractmethod
    def client(self) -> Redis | RedisCluster:
        """The way to Redis."""

    async def startup(self) -> None:
        # The brokers would make the group here, and fail where Redis is away: listening makes it.
        await AsyncBroker.startup(self)

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        pause, is_heard = self.pace.first_pause, False
        while True:
            heed_cancellation()
            try:
                if not is_heard:
                    await self._join()
                entry = await self._next()
            except FAILURES as error:
                if is_heard or pause == self.pace.first_pause:
                    _log.warning("the queue cannot be heard: %s", type(error).__name__)
                is_heard = False
                await asyncio.sleep(pause)
                pause = min(pause * 2, self.pace.longest_pause)
                continue
            if not is_heard:
                _log.info("the queue is heard")
                is_heard, pause = True, self.pace.first_pause
            if entry is not None:
                id_, fields = entry
                yield AckableMessage(data=(fields or {}).get(_DATA, b""), ack=self._ack_generator(id_, self.queue_name))

    async def leave(self) -> None:
        """Send anew what this worker has received and not acknowledged, and strike it off."""
        try:
            while entries := _entries(
                await self.client.xreadgroup(_GROUP, self.consumer_name, {self.queue_name: "0"}, count=100)
            ):
                for id_, fields in entries:
                    if fields:
                        await self.client.xadd(self.queue_name, cast("Any", fields), maxlen=self.pace.kept)
                    await self._acknowledge(id_)
            await self.client.xgroup_delconsumer(self.queue_name, _GROUP, self.consumer_name)
        except FAILURES as error:
            _log.info("the queue could not be left in order: %s", type(error).__name__)

    def _ack_generator(self, id: bytes | str, queue_name: str) -> Callable[[], Awaitable[None]]:  # noqa: A002, ARG002
        async def acknowledge() -> None:
            try:
                await self._acknowledge(id)
            except FAILURES as error:
                _log.info("work could not be acknowledged, it will be looked at again: %s", type(error).__name__)

        return acknowledge

    async def _acknowledge(self, id_: bytes | str) -> None:
        async with self.client.pipeline(transaction=False) as pipe:
            pipe.xack(self.queue_name, _GROUP, id_)
            pipe.xdel(self.queue_name, id_)
            await pipe.execute()

    async def _join(self) -> None:
        try:
            await self.client.xgroup_create(self.queue_name, _GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def _next(self) -> _Entry | None:
        now = asyncio.get_running_loop().time()
        if now >= self._look_at:
            abandoned = await self._take_over()
            if abandoned is not None:
                return abandoned
            await self._strike_off()
            self._look_at = now + self.pace.idle / 2
        # One at a time: what waits in the stream can be had by whoever has a hand free.
        fetched = await self.client.xreadgroup(
            _GROUP, self.consumer_name, {self.queue_name: ">"}, count=1, block=round(self.pace.block * 1000)
        )
        entries = _entries(fetched)
        return entries[0] if entries else None

    async def _take_over(self) -> _Entry | None:
        answer = await self.client.xautoclaim(
            self.queue_name, _GROUP, self.consumer_name, min_idle_time=round(self.pace.idle * 1000), count=1
        )
        # Before Redis 7 an entry that was trimmed comes without its id.
        return next((entry for entry in answer[1] if entry[0] is not None), None)

    async def _strike_off(self) -> None:
        for consumer in await self.client.xinfo_consumers(self.queue_name, _GROUP):
            if consumer["pending"] == 0 and consumer["idle"] > self.pace.forgotten * 1000:
                await self.client.xgroup_delconsumer(self.queue_name, _GROUP, consumer["name"])


class SingleStreamBroker(StreamBroker, RedisStreamBroker):
    """On one Redis server."""

    def __init__(self, url: str, queue_name: str, pace: QueuePace) -> None:
        RedisStreamBroker.__init__(
            self,
            url,
            queue_name=queue_name,
            max_connection_pool_size=_CONNECTIONS,
            consumer_group_name=_GROUP,
            maxlen=pace.kept,
            # A connection that a restart has cut is found out when it is used: then the command is tried on a new one.
            retry=Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,)),
            **_connection(pace),
        )
        self.pace = pace
        self._client = Redis(connection_pool=self.connection_pool)

    @property
    def client(self) -> Redis:
        return self._client


class ClusterStreamBroker(StreamBroker, RedisStreamClusterBroker):
    """On a Redis Cluster, by ``redis+cluster://user:password@host:port,host:port``; ``rediss+cluster`` for TLS."""

    def __init__(self, url: str, queue_name: str, pace: QueuePace) -> None:
        parts = urlsplit(url)
        credentials, at, hosts = parts.netloc.rpartition("@")
        first, *others = hosts.split(",")
        RedisStreamClusterBroker.__init__(
            self,
            urlunsplit((parts.scheme.removesuffix("+cluster"), f"{credentials}{at}{first}", "", parts.query, "")),
            queue_name=queue_name,
            max_connection_pool_size=_CONNECTIONS,
            consumer_group_name=_GROUP,
            maxlen=pace.kept,
            startup_nodes=[_node(host) for host in others],
            **_connection(pace),
        )
        self.pace = pace

    @property
    def client(self) -> RedisCluster:
        return self.redis


def broker_at(url: str, queue_name: str, pace: QueuePace | None = None) -> StreamBroker:
    """The broker behind a URL: ``redis://``, ``rediss://``, ``unix://``, or a cluster. Connects when it is used."""
    kind = ClusterStreamBroker if urlsplit(url).scheme.endswith("+cluster") else SingleStreamBroker
    return kind(url, queue_name, pace or QueuePace())


def _connection(pace: QueuePace) -> dict[str, Any]:
    # RESP2: its answers come as plain lists.
    return {
        "protocol": 2,
        "client_name": "jarvis",
        "socket_connect_timeout": pace.connect,
        "socket_timeout": pace.block + pace.answer,
    }


def _node(host: str) -> ClusterNode:
    parts = urlsplit(f"//{host}")
    return ClusterNode(parts.hostname or "localhost", parts.port or _PORT)


def _entries(fetched: Any) -> list[_Entry]:
    """Of what XREADGROUP answers, which is about one stream."""
    return list(fetched[0][1]) if fetched else []
