"""What delivery counts, for whoever wants to know how it goes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Numbers since the start: refusals by code, gaps in rooms that were filled, readers that were shed.

    ``fanned_out`` is told once a flush, for each room, how many seconds its first event waited until it was written.
    """

    fanned_out: Callable[[float], None] | None = None
    refused: Counter[str] = field(default_factory=Counter)
    gaps_filled: int = 0
    readers_shed: int = 0
