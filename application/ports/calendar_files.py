"""Calendars as files that other programs read and write."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.calendar import CalendarEvent, Departure, Details, Repetition


@dataclass(frozen=True, slots=True)
class FiledEvent:
    """An event as a file tells it."""

    uid: str
    details: Details
    repetition: Repetition | None = None
    departures: tuple[Departure, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """An event of a file that cannot be taken over, and why."""

    title: str
    reason: str


class CalendarFiles(Protocol):
    """Writes and reads iCalendar, without holding up anything else meanwhile."""

    @property
    def form(self) -> int:
        """How files are written: another number whenever the same events make another file."""

    async def write(self, name: str, events: Sequence[CalendarEvent]) -> bytes:
        """A calendar of this name with these events."""

    async def read(self, data: bytes, *, limit: int) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        """The events of a file, and those that this calendar has no words for or that are broken.

        Raises:
            InvalidInput: it is no iCalendar file, or takes too long to be read.
            CalendarFull: there are more than ``limit`` events in it.
        """
