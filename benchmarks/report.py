"""Results beside their targets: a table for people, JSON for machines."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One number. ``bound`` is what its ratio, or where it has none the number itself, is held against; ``target``
    says so in words. Without a bound the number stands for itself. ``faults`` says what makes it
    worthless, ``note`` what else to know."""

    section: str
    name: str
    value: float
    unit: str
    target: str = ""
    bound: float | None = None
    at_least: bool = True
    ratio: float | None = None
    faults: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """PASS, SHORT, INVALID, or nothing where there is no target."""
        if self.faults:
            return "INVALID"
        if self.bound is None:
            return ""
        held = self.value if self.ratio is None else self.ratio
        reached = held >= self.bound if self.at_least else held <= self.bound
        return "PASS" if reached else "SHORT"


@dataclass(slots=True)
class Report:
    """Rows as they come, and under ``details`` what the measurements said beside their numbers."""

    machine: dict[str, Any]
    rows: list[Row] = field(default_factory=list)
    details: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Keep and show one row."""
        if not self.rows or self.rows[-1].section != row.section:
            print(f"\n{row.section}", flush=True)
        self.rows.append(row)
        print(_line(row), flush=True)

    def keep(self, name: str, measured: dict[str, Any]) -> None:
        """Keep all that one measurement said."""
        self.details.setdefault(name, []).append(measured)

    def write(self, path: Path) -> None:
        """As one JSON object: ``machine``, ``rows``, ``details``."""
        rows = [asdict(row) | {"verdict": row.verdict} for row in self.rows]
        content = {"machine": self.machine, "rows": rows, "details": self.details}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    @property
    def verdicts(self) -> dict[str, int]:
        """How many rows got which verdict."""
        names = [row.verdict for row in self.rows if row.verdict]
        return {name: names.count(name) for name in ("PASS", "SHORT", "INVALID")}


def _line(row: Row) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:8.2f}x"
    number = (
        f"{row.value:,.0f}" if row.value >= 1000 else f"{row.value:,.3f}" if row.value < 10 else f"{row.value:,.1f}"
    )
    text = f"  {row.name:<54} {number:>11} {row.unit:<9} {ratio:>9}  {row.target:<36} {row.verdict:<7} {row.note}"
    return text.rstrip() + (f"\n      {row.faults}" if row.faults else "")
