"""How events repeat."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from domain.calendar import Repetition


class Recurrence(Protocol):
    """Understands RRULEs. Whatever the rule says, neither method takes long or much memory."""

    def read(self, rule: str, start: datetime, zone: str) -> Repetition:
        """What a rule means for an event that starts then, and goes by the clocks of this IANA zone.

        Raises:
            InvalidInput: the rule is none, repeats more often than daily, or the zone is unknown.
        """

    def starts(self, repetition: Repetition, start: datetime, *, begin: datetime, end: datetime) -> Iterator[datetime]:
        """When an event with this first start starts at or after ``begin`` and before ``end``, in order.

        The first start counts, whether or not the rule names it.
        """
