"""Rows of what happens so often a second."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.generator import faults
from benchmarks.report import Row


def ratio(rates: Sequence[float], yardstick: Sequence[float]) -> float:
    """The median of each round's own ratio."""
    return median(rate / reference for rate, reference in zip(rates, yardstick, strict=True))


def rate_row(
    section: str,
    name: str,
    unit: str,
    results: list[dict[str, Any]],
    *,
    yardstick: list[float] | None = None,
    factor: float | None = None,
    against: str = "",
    note: str = "",
) -> Row:
    """The median of the rounds, in ``unit`` (such as ``sends/s``), held against ``factor`` times the yardstick."""
    rates = [float(result[f"{unit.removesuffix('/s')}_per_second"]) for result in results]
    times = None if yardstick is None else ratio(rates, yardstick)
    target = f">= {factor:g} x {against}" if factor is not None else f"(against {against})" if against else ""
    trouble = "; ".join(filter(None, map(faults, results)))
    note += _busy(results)
    return Row(section, name, median(rates), unit, target, factor, ratio=times, faults=trouble, note=note)


def _busy(results: list[dict[str, Any]]) -> str:
    """How busy both cores were: a generator near 100 % would have measured itself."""
    fields = ("server_core_busy", "load_core_busy", "load_cpu")
    server, load, generator = (median(float(result[name]) for result in results) for name in fields)
    return f"cores {server:.0%} and {load:.0%}, generator {generator:.0%}"
