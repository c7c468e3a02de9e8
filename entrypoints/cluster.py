"""Everything that compose.yaml starts, on this machine and without Docker."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import aiohttp

from entrypoints.leftovers import end_marked
from entrypoints.local_postgres import LocalPostgres
from entrypoints.local_redis import LocalRedis, free_port
from entrypoints.settings import Settings, environment
from entrypoints.supervision import CannotStart, Kept, Running, start_all, stop_all, stop_asked_for

MARK = "JARVIS_CLUSTER"
"""The environment variable by which a process of a cluster is known: it names the cluster's folder."""

_SERVERS, _WORKERS = 2, 2
_CONNECTIONS_BESIDE_A_POOL = 4
_CONNECTIONS_OF_OTHERS = 20
_POSTGRES_STOP_SECONDS, _REDIS_STOP_SECONDS = 45.0, 5.0
_LONGER = 5.0
_POLL = 0.05
_LOG_LIMIT = 16 * 1024 * 1024
_LOG_END = 2048

_Start = tuple[Kept, Callable[[], Awaitable[None]]]


async def keep_cluster(settings: Settings, secret: str, ready: Callable[[Sequence[int]], None]) -> None:
    """Run PostgreSQL, Redis, two servers, two workers and a scheduler until a signal says stop.

    What dies is started again. Ids of processes are in ``<data>/cluster/<name>.pid``, logs beside them in
    ``<name>.log``. ``ready`` is called with the ports of the servers when these serve. What an earlier run on the same
    data has left running is ended first.

    Raises CannotStart, and then leaves nothing running.
    """
    settings = settings.model_copy(update={"environment": "production"})
    processes = _SERVERS + _WORKERS + 1
    connections = processes * (settings.pool_max + _CONNECTIONS_BESIDE_A_POOL) + _CONNECTIONS_OF_OTHERS
    kept: list[Kept] = []

    def kill_all() -> None:
        for one in kept:
            one.send(signal.SIGKILL)

    async def keep(*starts: _Start) -> bool:
        new = [one for one, _ in starts]
        kept.extend(new)
        stack.push_async_callback(stop_all, new)
        return await start_all(starts, asked)

    async with AsyncExitStack() as stack:
        asked = await stack.enter_async_context(stop_asked_for(kill_all))
        folder = _Folder(settings.data.resolve() / "cluster")
        postgres = LocalPostgres(settings.data, connections)
        stack.push_async_callback(postgres.stop)
        if not await keep(folder.postgres(postgres)):
            return
        await asyncio.to_thread(end_marked, MARK, folder.mark, seconds=settings.stop_within + _LONGER)
        redis = LocalRedis(folder.path, {"PATH": os.defpath, MARK: folder.mark})
        if not await keep(folder.redis(redis)):
            return
        ports = _ports(settings)
        jarvis = _Jarvis(settings, folder, _environment(settings, secret, postgres.url, redis.url, folder.mark))
        await jarvis.migrate()
        if not await keep(*jarvis.servers(ports), *jarvis.others()):
            return
        ready(ports)
        await asked.wait()


class _Folder:
    """Where the cluster keeps the ids of its processes and what they write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def mark(self) -> str:
        return str(self.path)

    def kept(self, name: str, start: Callable[[], Awaitable[Running]], number: signal.Signals, seconds: float) -> Kept:
        return Kept(
            name,
            start,
            stop_signal=number,
            stop_seconds=seconds,
            pid_file=self.path / f"{name}.pid",
            last_words=lambda: f"; {self.log_end(name)}",
        )

    def postgres(self, postgres: LocalPostgres) -> _Start:
        async def start() -> Running:
            process = await postgres.start()
            self.path.mkdir(mode=0o700, exist_ok=True)
            log = self.path / "postgres.log"
            if not log.is_symlink():
                log.symlink_to("../postgres.log")
            return process

        # SIGINT ends sessions and shuts down in order; SIGTERM would wait for every session to go by itself.
        return self.kept("postgres", start, signal.SIGINT, _POSTGRES_STOP_SECONDS), _at_once

    def redis(self, redis: LocalRedis) -> _Start:
        return self.kept("redis", redis.start, signal.SIGTERM, _REDIS_STOP_SECONDS), redis.wait_until_ready

    def log(self, name: str) -> Path:
        """Where the process of this name writes to; what grew too long is put aside."""
        log = self.path / f"{name}.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    def log_end(self, name: str) -> str:
        """The last lines of what a process wrote, for messages."""
        log = self.log(name)
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LOG_END))
            lines = file.read().decode(errors="replace").splitlines()[-10:]
        return "\n".join([f"the end of {log}:", *lines])


class _Jarvis:
    """The processes of Jarvis itself."""

    def __init__(self, settings: Settings, folder: _Folder, variables: Mapping[str, str]) -> None:
        self._settings = settings
        self._folder = folder
        self._environment = variables
        self._numbers: dict[str, int] = {}

    async def migrate(self) -> None:
        """Apply the migrations that are missing. Raises CannotStart."""
        process = await self._start("migrate", ("migrate", "up"))
        if status := await process.wait():
            raise CannotStart(f"the database cannot be migrated; {self._folder.log_end('migrate')}", status)

    def servers(self, ports: Sequence[int]) -> Sequence[_Start]:
        address = f"http://{_reached_at(self._settings.host)}"
        return [
            (self._kept(name, ("serve", "--port", str(port))), partial(_serves, f"{address}:{port}/health"))
            for name, port in zip(_numbered("server", _SERVERS), ports, strict=True)
        ]

    def others(self) -> Sequence[_Start]:
        workers = [(self._kept(name, ("worker",)), _at_once) for name in _numbered("worker", _WORKERS)]
        return [*workers, (self._kept("scheduler", ("scheduler",)), _at_once)]

    def _kept(self, name: str, arguments: Sequence[str]) -> Kept:
        seconds = self._settings.stop_within + _LONGER
        return self._folder.kept(name, lambda: self._start(name, arguments), signal.SIGTERM, seconds)

    async def _start(self, name: str, arguments: Sequence[str]) -> Process:
        command = (sys.executable, "-m", "entrypoints.cli", *arguments)
        number = self._numbers.setdefault(name, len(self._numbers))
        variables = {**self._environment, **self._settings.for_process(number)}
        with self._folder.log(name).open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *command, env=variables, stdin=DEVNULL, stdout=log, stderr=log, start_new_session=True
            )


def _environment(settings: Settings, secret: str, database_url: str, redis_url: str, mark: str) -> dict[str, str]:
    """The settings of compose.yaml, but with the development sign-in. What is set otherwise stays."""
    return environment(
        {
            "JARVIS_ENV": "production",
            "JARVIS_DEV_AUTH": "1",
            "JWT_SECRET": secret,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "JARVIS_DATA": str(settings.data.resolve()),
            MARK: mark,
        }
    )


def _ports(settings: Settings) -> Sequence[int]:
    try:
        first = settings.port or free_port(settings.host, neighbours=_SERVERS)
    except OSError as error:
        raise CannotStart(f"HOST: cannot listen on {settings.host}: {error.strerror}") from error
    return range(first, first + _SERVERS)


def _numbered(name: str, count: int) -> Sequence[str]:
    return [f"{name}-{number}" for number in range(1, count + 1)]


def _reached_at(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        return "localhost"
    return f"[{host}]" if ":" in host else host


async def _at_once() -> None:
    """Ready as soon as it is started."""


async def _serves(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, OSError):
                pass
            await asyncio.sleep(_POLL)
