"""Which Redis servers there are, and which of them carries a channel."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from redis.asyncio import ConnectionPool, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import AbstractConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CONNECT_SECONDS = 1.0
_LEARN_SECONDS = 5.0
READ_BYTES = 256 * 1024
_CLUSTER_PORT = 6379
_SHARDED_SINCE = 7


@dataclass(frozen=True, slots=True)
class Verbs:
    """The commands of one kind of channels; ``heard`` is what a message is announced with."""

    subscribe: bytes
    unsubscribe: bytes
    publish: bytes
    heard: bytes


PLAIN = Verbs(b"SUBSCRIBE", b"UNSUBSCRIBE", b"PUBLISH", b"message")
SHARDED = Verbs(b"SSUBSCRIBE", b"SUNSUBSCRIBE", b"SPUBLISH", b"smessage")


@dataclass(frozen=True, slots=True)
class Node:
    """One Redis server; ``connection`` makes a connection to it that is not open yet."""

    name: str
    connection: Callable[[], AbstractConnection]


class Nodes(Protocol):
    """The servers that carry the bus."""

    @property
    def verbs(self) -> Verbs: ...

    @property
    def all(self) -> Sequence[Node]: ...

    async def learn(self) -> None:
        """Find out anew which nodes there are. Raises RedisError or OSError."""

    def of(self, channel: bytes) -> Node | None:
        """The node that carries a channel; None while that is not known."""

    async def close(self) -> None: ...


def is_cluster(url: str) -> bool:
    return urlsplit(url).scheme in {"redis+cluster", "rediss+cluster"}


def nodes_at(url: str) -> Nodes:
    """The servers behind a URL: ``redis://``, ``rediss://``, ``unix://``, or a cluster."""
    return ClusterNodes(url) if is_cluster(url) else SingleNode(url)


class SingleNode:
    """One server carries everything."""

    verbs = PLAIN

    def __init__(self, url: str) -> None:
        # Only to make connections after one URL: each of ours is somebody's own for as long as it lasts.
        pool = ConnectionPool.from_url(url, **connection_options())
        self._node = Node("redis", pool.make_connection)
        self.all: Sequence[Node] = (self._node,)

    async def learn(self) -> None:
        """Nothing ever changes."""

    def of(self, channel: bytes) -> Node:  # noqa: ARG002
        return self._node

    async def close(self) -> None:
        """There is nothing to close: connections belong to who made them."""


class ClusterNodes:
    """A channel is carried by the primary of its slot.

    From Redis 7 on by sharded channels, which stay with that node. Before that every node passes every message on to
    all others, so any would do; going by slots spares the way and spreads the load.
    """

    def __init__(self, url: str) -> None:
        self._client = cluster_client(url)
        self._known = False
        self.verbs = PLAIN
        self.all: Sequence[Node] = ()
        self._by_name: dict[str, Node] = {}

    async def learn(self) -> None:
        async with asyncio.timeout(_LEARN_SECONDS):
            if not self._known:
                await self._client.initialize()
                self.verbs = SHARDED if await self._can_shard() else PLAIN
            else:
                await self._client.nodes_manager.initialize()
        primaries = self._client.get_primaries()
        self._by_name = {node.name: self._by_name.get(node.name) or _node(node) for node in primaries}
        self.all = tuple(self._by_name.values())
        self._known = True

    def of(self, channel: bytes) -> Node | None:
        if not self._known:
            return None
        node = self._client.get_node_from_key(channel.decode())
        return None if node is None else self._by_name.get(node.name)

    async def close(self) -> None:
        await self._client.aclose()

    async def _can_shard(self) -> bool:
        info: dict[str, Any] = await self._client.info("server", target_nodes=RedisCluster.RANDOM)
        return int(str(info["redis_version"]).split(".")[0]) >= _SHARDED_SINCE


def _node(node: ClusterNode) -> Node:
    options = {**node.connection_kwargs, **connection_options()}
    return Node(node.name, lambda: node.connection_class(**options))


def connection_options() -> dict[str, Any]:
    """How all our connections are made. RESP2: its messages come as plain lists. Who uses one keeps the time."""
    return {
        "protocol": 2,
        "client_name": "jarvis",
        "driver_info": None,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": None,
        "socket_read_size": READ_BYTES,
        "retry": Retry(NoBackoff(), 0),
    }


def cluster_client(url: str) -> RedisCluster:
    """A client for ``redis+cluster://user:password@host:port,host:port``; ``rediss+cluster`` for TLS."""
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    first, *others = hosts.split(",")
    scheme = parts.scheme.removesuffix("+cluster")
    single = parse_url(f"{scheme}://{credentials}{'@' if credentials else ''}{first}?{parts.query}")
    options = {**connection_options(), **{key: value for key, value in single.items() if key != "connection_class"}}
    # The client renews all its connections whenever it looks at the nodes anew, also those that are in use.
    options["retry"] = Retry(NoBackoff(), 3)
    startup = [ClusterNode(*_host_and_port(host)) for host in (first, *others)]
    for given in ("host", "port", "db", "path"):
        options.pop(given, None)
    return RedisCluster(startup_nodes=startup, ssl=scheme == "rediss", **options)


def _host_and_port(text: str) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "localhost", parts.port or _CLUSTER_PORT
