"""Command line of the benchmarks."""

import argparse
import logging
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.bench import Bench
from benchmarks.cores import Cores, choose_cores, raise_open_files
from benchmarks.database import Databases, databases
from benchmarks.delivery import measure_delivery, measure_latency
from benchmarks.errors import BenchmarkError
from benchmarks.generator import LoadGenerator, compile_generator
from benchmarks.pgbench import PROTOCOLS, Pgbench
from benchmarks.plan import FULL, QUICK, Plan
from benchmarks.questions import measure_questions
from benchmarks.report import Report
from benchmarks.resting import StartServer, measure_history, measure_memory
from benchmarks.searching import measure_retrieval, measure_search
from benchmarks.sends import measure_sends, measure_sends_remembered
from benchmarks.servers import REMEMBERING, bare_server, jarvis_cluster, jarvis_server
from benchmarks.signin import measure_signin
from benchmarks.together import measure_two_servers
from benchmarks.unread import measure_unread
from benchmarks.upload import measure_upload
from benchmarks.words import measure_words, stamping_model

SECTIONS = (
    *("memory", "sends", "delivery", "latency", "history", "unread", "signin", "upload"),
    *("servers", "questions", "words", "retrieval", "search"),
)
RESULTS = Path(__file__).with_name("results.json")
_IDLE_KIB = 16.0
_QUIET_LOAD = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for. Exit status: 0 when measured, whatever the verdicts; 1 when something broke."""
    options = _options(arguments)
    started = time.monotonic()
    try:
        cores = choose_cores()
        raise_open_files()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jarvis-benchmark-")))
            generator = compile_generator(folder, cores)
            data = folder / "postgres" if options.data is None else options.data
            held = stack.enter_context(databases(data, cores, options.database_url))
            report = Report(_machine(cores, held))
            _run(options, held, generator, report, folder)
    except (BenchmarkError, psycopg.OperationalError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("benchmarks: stopped", file=sys.stderr)
        return 130
    report.machine["run_seconds"] = round(time.monotonic() - started)
    report.write(options.json)
    verdicts = ", ".join(f"{count} {name}" for name, count in report.verdicts.items() if count)
    print(f"\n{verdicts or 'measured'} in {report.machine['run_seconds']} s; numbers in {options.json}")
    return 0


def _run(options: argparse.Namespace, held: Databases, generator: LoadGenerator, report: Report, folder: Path) -> None:
    only: list[str] = options.only
    plan: Plan = QUICK if options.quick else FULL
    cores = generator.cores
    pgbench = Pgbench(held.pgbench, cores.server, folder)
    bench = Bench(plan, cores, folder, held.jarvis, options.pgbench_protocol, generator, pgbench, report)
    start_bare = partial(bare_server, cores, folder)
    start_jarvis = partial(jarvis_server, cores, folder, held.jarvis)
    if "memory" in only:
        measure_memory(bench, start_jarvis, limit=_IDLE_KIB)
        if plan.bare_memory:
            measure_memory(bench, start_bare, limit=None)
    if set(only) & {"sends", "delivery", "latency", "history", "unread", "signin", "upload"}:
        _measure_one_server(only, bench, start_jarvis, start_bare)
    start_cluster = partial(jarvis_cluster, cores, folder, held.jarvis)
    if "servers" in only:
        with start_cluster(servers=2) as (near, far):
            measure_two_servers(bench, near, far)
    if "questions" in only:
        with start_jarvis() as alone, start_cluster(workers=1) as (queued,):
            measure_questions(bench, alone, queued)
    if "retrieval" in only:
        measure_retrieval(bench)
    if "search" in only:
        measure_search(bench, start_jarvis)
    if "words" in only:
        with stamping_model(cores) as address:
            more = {"AI_PROVIDER": "openai", "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": address}
            with start_jarvis(more=more) as alone, start_cluster(workers=1, more=more) as (queued,):
                measure_words(bench, alone, queued)


def _measure_one_server(only: list[str], bench: Bench, start_jarvis: StartServer, start_bare: StartServer) -> None:
    if "sends" in only:
        with start_jarvis(more=REMEMBERING) as remembering:
            measure_sends_remembered(bench, remembering)
    with start_bare() as bare, start_jarvis() as jarvis:
        if "sends" in only:
            measure_sends(bench, jarvis)
        if "delivery" in only:
            measure_delivery(bench, jarvis, bare)
        if "latency" in only:
            measure_latency(bench, jarvis, bare)
        if "history" in only:
            measure_history(bench, jarvis)
        if "unread" in only:
            measure_unread(bench, jarvis)
        if "signin" in only:
            measure_signin(bench, jarvis)
        if "upload" in only:
            measure_upload(bench, jarvis)


def _machine(cores: Cores, held: Databases) -> dict[str, Any]:
    processor = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    load_average = os.getloadavg()[0]
    machine: dict[str, Any] = {
        "processor": processor[0] if processor else platform.machine(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "aiohttp": version("aiohttp"),
        "uvloop": version("uvloop"),
        "load_average": load_average,
        "server_core": cores.server,
        "load_core": cores.load,
        "second_core": cores.second,
        "postgresql": held.settings,
    }
    print(
        f"{machine['processor']}, Linux {machine['kernel']}, Python {machine['python']}, aiohttp {machine['aiohttp']}"
    )
    print("PostgreSQL " + ", ".join(f"{name} {value}" for name, value in held.settings.items()))
    if load_average > _QUIET_LOAD:
        print(f"This machine is busy (load average {load_average:.1f}): the numbers below are worth little.")
    print(
        f"Server and pgbench on core {cores.server}, load generator, PostgreSQL and Redis on core {cores.load}, "
        f"a second server or a worker on core {cores.second}."
    )
    return machine


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter and rougher: about three minutes")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="these measurements alone")
    parser.add_argument("--json", type=Path, default=RESULTS, help="where the numbers go (%(default)s)")
    parser.add_argument("--data", type=Path, help="folder for the embedded PostgreSQL (default: a temporary one)")
    parser.add_argument("--database-url", help="use this PostgreSQL server; pin it to the load core yourself")
    parser.add_argument(
        "--pgbench-protocol",
        choices=PROTOCOLS,
        default=PROTOCOLS[0],
        help="which of pgbench's protocols Jarvis is held against (%(default)s); both are measured",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started is stopped then, too
    sys.exit(main())
