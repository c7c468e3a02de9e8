"""What every measurement needs: the servers, the load generator, pgbench, and where results go."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.cores import Cores
from benchmarks.generator import Endpoint, LoadGenerator
from benchmarks.memory import wait_until_quiet
from benchmarks.pgbench import Commits, Pgbench
from benchmarks.plan import Plan
from benchmarks.report import Report


@dataclass(slots=True)
class Bench:
    """One run. ``dsn`` is Jarvis's database, ``folder`` takes logs and temporary files, ``protocol`` is the one of
    pgbench's that Jarvis is held against."""

    plan: Plan
    cores: Cores
    folder: Path
    dsn: str
    protocol: str
    generator: LoadGenerator
    pgbench: Pgbench
    report: Report
    one_commit: list[float] = field(default_factory=list)

    def load(
        self, name: str, mode: str, endpoint: Endpoint, rooms: Sequence[str], seconds: float, **options: float
    ) -> dict[str, Any]:
        """Wait until the server is quiet, then measure, and keep what was measured under ``name``."""
        wait_until_quiet(endpoint.pid)
        measured = self.generator.run(mode, endpoint, rooms, seconds=seconds, warmup=self.plan.warmup, **options)
        self.report.keep(f"{name} ({endpoint.name})", measured)
        return measured

    def commits(self, protocol: str, clients: int) -> Commits:
        """Single-row commits; those of one connection also tell what one commit takes."""
        measured = self.pgbench.run(clients, self.plan.commits, protocol)
        self.report.keep("pgbench", asdict(measured))
        if clients == 1 and protocol == self.protocol:
            self.one_commit.append(measured.latency)
        return measured

    def most_commits(self, protocol: str) -> Commits:
        """At the number of connections that reaches most."""
        tried = self.pgbench.search(self.plan.trial, protocol)
        for measured in tried:
            self.report.keep("pgbench, search", asdict(measured))
        return tried[0]

    def commit_time(self) -> float:
        """Milliseconds that one commit on one connection takes; measured when nobody did so far."""
        if not self.one_commit:
            self.commits(self.protocol, 1)
        return median(self.one_commit)
