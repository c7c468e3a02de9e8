"""Memory and processor time of a process as the kernel counts them."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_STEADY_READINGS = 3
_STEADY_WITHIN = 0.002  # share
_PAUSE = 0.3  # seconds
_QUIET_SHARE = 0.05  # of one core


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. ``resident`` counts shared pages in full, ``unique`` only what this process alone holds."""

    resident: int
    unique: int


def memory_of(pid: int) -> Memory:
    """Of one process, now."""
    fields: dict[str, int] = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split(":")
        fields[name] = int(value.split()[0]) * 1024
    return Memory(fields["Rss"], fields["Private_Clean"] + fields["Private_Dirty"])


def settled_memory_of(pid: int, *, at_most: float = 10.0) -> Memory:
    """Read until it stands still, but no longer than ``at_most`` seconds."""
    limit = time.monotonic() + at_most
    steady = 0
    last = memory_of(pid)
    while steady < _STEADY_READINGS and time.monotonic() < limit:
        time.sleep(_PAUSE)
        reading = memory_of(pid)
        steady = steady + 1 if abs(reading.unique - last.unique) <= last.unique * _STEADY_WITHIN else 0
        last = reading
    return last


def wait_until_quiet(pid: int, *, at_most: float = 15.0) -> None:
    """Until the process uses hardly any processor time: what the last measurement left behind is done."""
    limit = time.monotonic() + at_most
    used = _cpu_seconds(pid)
    while time.monotonic() < limit:
        time.sleep(_PAUSE)
        now = _cpu_seconds(pid)
        if now - used < _QUIET_SHARE * _PAUSE:
            return
        used = now


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
