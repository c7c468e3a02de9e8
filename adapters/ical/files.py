"""iCalendar files."""

from collections.abc import Sequence

from adapters.ical.reading import Reader
from adapters.ical.recurrence import IcalRecurrence
from adapters.ical.writing import write
from application.ports.calendar_files import FiledEvent, Unread
from domain.calendar import CalendarEvent


class IcalFiles:
    """CalendarFiles over RFC 5545. Times of a file that name no zone are in ``zone``."""

    def __init__(self, recurrence: IcalRecurrence, zone: str) -> None:
        self._reader = Reader(recurrence, zone)

    def write(self, name: str, events: Sequence[CalendarEvent]) -> bytes:
        return write(name, events)

    def read(self, data: bytes) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        return self._reader.read(data)
