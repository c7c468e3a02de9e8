"""Messages that a room keeps at hand."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import UserId

PINS_LIMIT = 100
"""How many messages of a room may be pinned at the same time."""


@dataclass(frozen=True, slots=True)
class Pin:
    """When a message was pinned, and by whom."""

    at: datetime
    by: UserId
