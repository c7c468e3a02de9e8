"""A stand-in for a Redis Cluster with sharded channels, as far as the bus speaks with one."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import hiredis
from redis.crc import key_slot

SLOTS = 16384


class ShardedRedis:
    """Nodes on loopback; ``owners`` says which node each slot belongs to, and ``move`` gives one away."""

    def __init__(self, nodes: int) -> None:
        self.owners = [slot * nodes // SLOTS for slot in range(SLOTS)]
        self.ports: list[int] = []
        self.listeners: list[defaultdict[bytes, list[asyncio.StreamWriter]]] = [defaultdict(list) for _ in range(nodes)]
        self._servers: list[asyncio.Server] = []

    @property
    def url(self) -> str:
        return f"redis+cluster://127.0.0.1:{self.ports[0]}"

    async def start(self) -> None:
        for node in range(len(self.listeners)):
            server = await asyncio.start_server(self._serve_as(node), "127.0.0.1", 0)
            self._servers.append(server)
            self.ports.append(int(server.sockets[0].getsockname()[1]))

    def stop(self) -> None:
        for server in self._servers:
            server.close()

    def owner(self, channel: bytes) -> int:
        return self.owners[key_slot(channel)]

    def move(self, channel: bytes) -> int:
        """Give the channel's slot to the next node; who listened on the old one is taken off, as Redis does it."""
        before = self.owner(channel)
        after = self.owners[key_slot(channel)] = (before + 1) % len(self.ports)
        for writer in self.listeners[before].pop(channel, []):
            writer.write(_array(b"sunsubscribe", channel, 0))
        return after

    def _serve_as(self, node: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], "asyncio.Future[None]"]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            parser = hiredis.Reader()
            try:
                while data := await reader.read(65536):
                    parser.feed(data)
                    while (words := parser.gets()) is not False:
                        writer.write(self._answer(node, writer, [bytes(word) for word in words]))
            except ConnectionError:
                return
            finally:
                for writers in self.listeners[node].values():
                    writers[:] = [other for other in writers if other is not writer]
                writer.close()

        return lambda reader, writer: asyncio.ensure_future(serve(reader, writer))

    def _answer(self, node: int, writer: asyncio.StreamWriter, words: list[bytes]) -> bytes:
        verb = words[0].upper()
        if verb in {b"SSUBSCRIBE", b"SPUBLISH"} and self.owner(words[1]) != node:
            port = self.ports[self.owner(words[1])]
            return b"-MOVED %d 127.0.0.1:%d\r\n" % (key_slot(words[1]), port)
        if verb == b"SSUBSCRIBE":
            assert len(words) == 2, "channels of different slots cannot be named at once"
            self.listeners[node][words[1]].append(writer)
            return _array(b"ssubscribe", words[1], 1)
        if verb == b"SUNSUBSCRIBE":
            self.listeners[node].pop(words[1], None)
            return _array(b"sunsubscribe", words[1], 0)
        if verb == b"SPUBLISH":
            listeners = self.listeners[node].get(words[1], [])
            for listener in listeners:
                listener.write(_array(b"smessage", words[1], words[2]))
            return b":%d\r\n" % len(listeners)
        return self._answer_about_itself(verb)

    def _answer_about_itself(self, verb: bytes) -> bytes:
        if verb == b"CLUSTER":
            return self._slots()
        if verb == b"INFO":
            return _bulk(b"redis_version:7.2.4\r\n")
        if verb == b"COMMAND":
            return b"*0\r\n"
        return b"+PONG\r\n" if verb == b"PING" else b"+OK\r\n"

    def _slots(self) -> bytes:
        starts = [slot for slot in range(SLOTS) if slot == 0 or self.owners[slot] != self.owners[slot - 1]]
        ranges = []
        for start, end in zip(starts, [*starts[1:], SLOTS], strict=True):
            node = b"*3\r\n" + _bulk(b"127.0.0.1") + b":%d\r\n" % self.ports[self.owners[start]] + _bulk(b"id")
            ranges.append(b"*3\r\n:%d\r\n:%d\r\n%s" % (start, end - 1, node))
        return b"*%d\r\n%s" % (len(ranges), b"".join(ranges))


def _bulk(data: bytes) -> bytes:
    return b"$%d\r\n%s\r\n" % (len(data), data)


def _array(*items: bytes | int) -> bytes:
    return b"*%d\r\n" % len(items) + b"".join(
        b":%d\r\n" % item if isinstance(item, int) else _bulk(item) for item in items
    )
