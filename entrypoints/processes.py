"""Several server processes that share one port, for one machine with many cores."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import closing

from entrypoints.server import CannotListen
from entrypoints.settings import Settings, environment
from entrypoints.supervision import Kept, start_all, stop_all, stop_asked_for

_LISTENING = b"listening on "
_LONGER = 5.0


async def serve_together(settings: Settings, count: int, ready: Callable[[int], None]) -> int:
    """Keep so many servers running until a signal says stop; answers the highest of their exit statuses.

    ``ready`` is called with the port when all take connections. The kernel spreads these over the processes, which
    share the port by SO_REUSEPORT. Each ends in order when its standard input does, and so with this process.

    Raises:
        CannotListen: the address cannot be had.
        CannotStart: a server has ended before it was ready.
    """
    with closing(_reserve(settings.host, settings.port)) as reserved:
        port = int(reserved.getsockname()[1])
        servers = [_Server(port, settings.for_process(number)) for number in range(count)]
        kept = [
            Kept(f"server {number}", server.start, stop_seconds=settings.stop_within + _LONGER)
            for number, server in enumerate(servers, start=1)
        ]
        statuses: list[int] = []

        def kill_all() -> None:
            for one in kept:
                one.send(signal.SIGKILL)

        async with stop_asked_for(kill_all) as asked:
            try:
                ready_when = [server.wait_until_ready for server in servers]
                if await start_all(zip(kept, ready_when, strict=True), asked):
                    ready(port)
                    await asked.wait()
            finally:
                statuses = await stop_all(kept)
        # One that was told to stop before it could listen to signals has stopped all the same.
        return max(0 if status == -signal.SIGTERM else abs(status) for status in statuses)


class _Server:
    """One of the processes: how it is started, and whether it has said that it listens."""

    def __init__(self, port: int, variables: Mapping[str, str]) -> None:
        self._port = port
        self._variables = variables
        self._ready = asyncio.Event()
        self._reading: set[asyncio.Task[None]] = set()

    async def start(self) -> Process:
        command = (sys.executable, "-m", "entrypoints.cli", "serve", "--together", "--port", str(self._port))
        # In a session of its own the terminal's Ctrl-C does not reach it: it is stopped by its parent.
        process = await asyncio.create_subprocess_exec(
            *command, env=environment(self._variables), stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        task = asyncio.create_task(self._read(process.stdout or asyncio.StreamReader()))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        return process

    async def wait_until_ready(self) -> None:
        await self._ready.wait()

    async def _read(self, output: asyncio.StreamReader) -> None:
        async for line in output:
            if _LISTENING in line:
                self._ready.set()
            else:
                sys.stdout.buffer.write(line)
                sys.stdout.flush()


def _reserve(host: str, port: int) -> socket.socket:
    """A socket that holds the port without taking connections, for sockets that share it. Raises CannotListen."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if port:
            # Another group of servers would let this one join it.
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
        reserved = socket.socket(family, kind)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(address)
    except OSError as error:
        raise CannotListen(host, port, error) from error
    return reserved
