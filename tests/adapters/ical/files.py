"""Calendar files, as tests write and read them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.ical.reading import Reader
from adapters.ical.recurrence import IcalRecurrence
from application.ports.calendar_files import FiledEvent, Unread
from domain.calendar import CalendarEvent, Details
from domain.ids import CalendarEventId, UserId
from tests.builders import START

recurrence = IcalRecurrence()
reader = Reader(recurrence, "Asia/Seoul")
MANY = 10_000
MONDAY = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
SECOND = MONDAY.replace(hour=0, minute=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_event(details: Details, rule: str | None = None, zone: str = "Asia/Seoul") -> CalendarEvent:
    zone = "UTC" if details.all_day else zone
    return CalendarEvent(
        CalendarEventId(UUID(int=1)),
        "one@jarvis",
        UserId(UUID(int=2)),
        details,
        START,
        START,
        None if rule is None else recurrence.read(rule, details.start, zone),
    )


def filed(event: CalendarEvent) -> FiledEvent:
    return FiledEvent(event.uid, event.details, event.repetition, event.departures)


def ics(*events: str, before: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//EN\r\n{before}{inside}END:VCALENDAR\r\n".encode()


def read(data: bytes) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
    return reader.read(data, limit=MANY)


def one(text: str, before: str = "") -> FiledEvent:
    [event], unread = read(ics(text.replace("\n", "\r\n"), before=before))
    assert unread == []
    return event
