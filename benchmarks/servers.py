"""The servers under load, each started on the server core, and what stands beside them where there are several."""

import http.client
import json
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.cores import Cores, on_core
from benchmarks.errors import BenchmarkError
from benchmarks.generator import Endpoint
from benchmarks.redis import redis

ROOT = Path(__file__).resolve().parent.parent
USERS = 32
ROOMS = 64
REMEMBERING = {"JARVIS_REMEMBERING": "on"}
"""What is set where text index and vectors are made by the server itself, as one that stands alone does."""
_STARTED_WITHIN = 60.0  # seconds
_STOPPED_WITHIN = 15.0


@contextmanager
def bare_server(cores: Cores, folder: Path) -> Iterator[Endpoint]:
    """The yardstick of ``benchmarks.bare_server``."""
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.bare_server", str(port)]
    with _process("bare", command, port, cores.server, folder) as pid:
        rooms = tuple(f"0193b0a0-0000-7000-8000-{number:012x}" for number in range(ROOMS))
        yield Endpoint("bare", port, pid, ("none",), rooms)


@contextmanager
def jarvis_server(cores: Cores, folder: Path, dsn: str, *, more: Mapping[str, str] | None = None) -> Iterator[Endpoint]:
    """Jarvis on the database at ``dsn``, with users who are all members of all rooms; ``more`` is set besides."""
    with _jarvis("jarvis", "serve", _settings(dsn) | dict(more or {}), cores.server, folder) as (port, pid):
        tokens, rooms = _people(port)
        yield Endpoint("jarvis", port, pid, tokens, rooms)


@contextmanager
def jarvis_cluster(
    cores: Cores,
    folder: Path,
    dsn: str,
    *,
    servers: int = 1,
    workers: int = 0,
    more: Mapping[str, str] | None = None,
) -> Iterator[tuple[Endpoint, ...]]:
    """As many servers and workers over one Redis. The first server has the server core, the rest ``cores.second``."""
    with ExitStack() as stack:
        settings = _settings(dsn) | dict(more or {}) | {"REDIS_URL": stack.enter_context(redis(cores, folder))}
        started = [
            stack.enter_context(
                _jarvis(f"server {number}", "serve", settings, cores.second if number else cores.server, folder)
            )
            for number in range(servers)
        ]
        for number in range(workers):
            stack.enter_context(_jarvis(f"worker {number}", "worker", settings, cores.second, folder))
        tokens, rooms = _people(started[0][0])
        yield tuple(Endpoint(f"server {n}", port, pid, tokens, rooms) for n, (port, pid) in enumerate(started, start=1))


def call(port: int, method: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> Any:
    """One REST call; its answer's JSON. Raises :class:`BenchmarkError` unless the status is 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise BenchmarkError(f"{method} {path}: {response.status} {answer[:300].decode(errors='replace')}")
    return json.loads(answer)


def _settings(dsn: str) -> dict[str, str]:
    """The mock answers without pauses, and nobody sweeps up what another one is about to take. What was said before is
    not indexed in the middle of another measurement."""
    return {
        "HOST": "127.0.0.1",
        "DATABASE_URL": dsn,
        "JWT_SECRET": secrets.token_hex(32),
        "JARVIS_ENV": "development",
        "JARVIS_RATE_LIMITS": "off",
        "AI_PROVIDER": "mock",
        "JARVIS_MOCK_PAUSE_SECONDS": "0",
        "JARVIS_SWEEP_SECONDS": "3600",
        "JARVIS_REMEMBERING": "off",
    }


@contextmanager
def _jarvis(name: str, command: str, settings: dict[str, str], core: int, folder: Path) -> Iterator[tuple[int, int]]:
    """The port and process id of a server, or of a worker, which has a port for its metrics."""
    port = _free_port()
    listening = "PORT" if command == "serve" else "JARVIS_METRICS_PORT"
    its_own = {listening: str(port), "JARVIS_DATA": str(folder / "data")}
    pairs = [f"{name}={value}" for name, value in (settings | its_own).items()]
    arguments = ["env", *pairs, sys.executable, "-m", "entrypoints.cli", command]
    with _process(name, arguments, port, core, folder) as pid:
        yield port, pid


def _people(port: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    signed_in = [
        call(port, "POST", "/auth/dev", {"email": f"bench{number}@local", "name": f"Bench {number}"})
        for number in range(USERS)
    ]
    tokens = tuple(str(answer["token"]) for answer in signed_in)
    invited = [answer["user"]["id"] for answer in signed_in[1:]]
    rooms = tuple(
        str(call(port, "POST", "/rooms", {"title": f"Bench {number}", "memberUserIds": invited}, tokens[0])["id"])
        for number in range(ROOMS)
    )
    return tokens, rooms


@contextmanager
def _process(name: str, command: list[str], port: int, core: int, folder: Path) -> Iterator[int]:
    log = folder / f"{name}.log"
    with log.open("ab") as output, on_core(core):
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for_port(name, process, port)
        yield process.pid
    except BenchmarkError as error:
        if process.poll() is None:
            raise
        raise BenchmarkError(f"{error}\n{name} ended, status {process.returncode}:\n{_end(log)}") from error
    finally:
        _stop(process)


def _wait_for_port(name: str, process: subprocess.Popen[bytes], port: int) -> None:
    limit = time.monotonic() + _STARTED_WITHIN
    while process.poll() is None and time.monotonic() < limit:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise BenchmarkError(f"{name} did not begin to listen")


def _end(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
