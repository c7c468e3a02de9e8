"""Working out a number."""

from typing import Protocol


class Calculator(Protocol):
    """Knows arithmetic, and nothing else."""

    def work_out(self, expression: str) -> str:
        """The value of an expression such as ``(3 + 4) * 1.1``, as text. Raises InvalidInput where it is none, or too
        large to be worked out."""
