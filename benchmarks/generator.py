"""The load generator in C: compiled on demand, run on the load core, answers with one line of JSON."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cores import Cores, on_core
from benchmarks.errors import BenchmarkError

SOURCE = Path(__file__).with_name("load.c")
_COMPILERS = ("cc", "gcc", "clang")

_FAULTS = ("closed", "errors", "unacknowledged", "unanswered", "missing_frames", "sequence_gaps")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds; ``count`` is how many were measured."""

    count: int
    median: float
    p99: float
    longest: float

    @classmethod
    def of(cls, measured: dict[str, Any]) -> "Times":
        """From the generator's object."""
        return cls(measured["count"], measured["median_ms"], measured["p99_ms"], measured["max_ms"])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server under load: its port on the loopback address, process id, bearer tokens and rooms."""

    name: str
    port: int
    pid: int
    tokens: tuple[str, ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadGenerator:
    """The compiled program; ``folder`` takes its input files."""

    program: Path
    folder: Path
    cores: Cores

    def run(self, mode: str, endpoint: Endpoint, rooms: Sequence[str], **options: float) -> dict[str, Any]:
        """One measurement. ``options`` are those of the program (``in_flight=64``). Raises :class:`BenchmarkError`."""
        command = self._command(mode, endpoint, [f"room {room}" for room in rooms], options)
        with on_core(self.cores.load):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchmarkError(f"{mode} against {endpoint.name}: {done.stderr.strip()}")
        measured: dict[str, Any] = json.loads(done.stdout)
        if done.stderr.strip():
            measured["first_error"] = done.stderr.strip()
        return measured

    def get_pages(self, endpoint: Endpoint, paths: Iterable[str], *, skipped: int) -> dict[str, Any]:
        """GET each path over one kept-alive connection; the first ``skipped`` are not measured."""
        command = self._command("http", endpoint, [f"path {path}" for path in paths], {"warmup": skipped})
        with on_core(self.cores.load):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchmarkError(f"history of {endpoint.name}: {done.stderr.strip()}")
        measured: dict[str, Any] = json.loads(done.stdout)
        return measured

    @contextmanager
    def idle_connections(self, endpoint: Endpoint, rooms: Sequence[str], count: int) -> Iterator[None]:
        """Holds ``count`` connections, each joined to one of the rooms."""
        command = self._command("idle", endpoint, [f"room {room}" for room in rooms], {"sockets": count})
        with on_core(self.cores.load):
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        with process:
            if process.stdout is None or process.stderr is None or process.stdin is None:
                raise BenchmarkError("the load generator has no pipes")
            if not process.stdout.readline():
                raise BenchmarkError(f"idle connections to {endpoint.name}: {process.stderr.read().strip()}")
            yield
            if process.poll() is not None:
                raise BenchmarkError(f"idle connections to {endpoint.name}: {process.stderr.read().strip()}")
            process.stdin.close()

    def _command(self, mode: str, endpoint: Endpoint, lines: Iterable[str], options: dict[str, float]) -> list[str]:
        spec = self.folder / "spec"
        spec.write_text("\n".join([*(f"token {token}" for token in endpoint.tokens), *lines, ""]))
        command = [str(self.program), "--mode", mode, "--port", str(endpoint.port), "--spec", str(spec)]
        command += ["--server-pid", str(endpoint.pid)]
        command += ["--server-core", str(self.cores.server), "--load-core", str(self.cores.load)]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        return command


def compile_generator(folder: Path, cores: Cores) -> LoadGenerator:
    """Compile ``load.c`` into ``folder``. Raises :class:`BenchmarkError` where there is no C compiler or it fails."""
    compiler = next((found for name in _COMPILERS if (found := shutil.which(name))), None)
    if compiler is None:
        raise BenchmarkError(
            "the load generator is written in C: install a C compiler (cc, gcc or clang) and try again"
        )
    program = folder / "load"
    done = subprocess.run(
        [compiler, "-O3", "-o", str(program), str(SOURCE)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BenchmarkError(f"{compiler} could not compile {SOURCE.name}:\n{done.stderr}")
    return LoadGenerator(program, folder, cores)


def faults(measured: dict[str, Any]) -> str:
    """What makes a measurement worthless, as text: connections lost, messages missing. Empty when all is well."""
    found = [f"{measured[name]} {name.replace('_', ' ')}" for name in _FAULTS if measured.get(name)]
    if measured.get("closed"):
        found.append(f"close code {measured['close_code']}")
    if measured.get("first_error"):
        found.append(measured["first_error"])
    return ", ".join(found)
