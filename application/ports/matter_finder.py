"""Who finds decisions and tasks in talk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from application.ports.summarizer import Material
from domain.matters import MatterKind, MatterState


@dataclass(frozen=True, slots=True)
class Finding:
    """A decision or a task, and the number of the message that says so; the owner by name, where there is one."""

    kind: MatterKind
    state: MatterState
    title: str
    ref: int
    owner: str | None = None
    due: date | None = None


class MatterFinder(Protocol):
    """Finds them in what fits into one question to it."""

    async def found(self, material: Material, today: date) -> Sequence[Finding]:
        """What was decided, and what somebody has to do. Raises ModelFailed and what derives from it."""
