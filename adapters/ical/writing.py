"""From events to an iCalendar file."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vRecur, vText

from adapters.ical.pace import Pace
from domain.calendar import CalendarEvent, Departure, Details, Repetition

FORM = 1
"""To be raised whenever the same events make another file."""

PRODUCT = "-//Jarvis//Calendar//EN"
COLOR = "X-JARVIS-COLOR"
_REFRESHED = timedelta(hours=1)
_ZONES_KNOWN = date(1970, 1, 1), date(2100, 1, 1)
_DAY = timedelta(days=1)
_NAMELY = re.compile(r"[#A-Za-z0-9 .%()-]+", re.ASCII)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")


def write(name: str, events: Sequence[CalendarEvent]) -> bytes:
    """A calendar of this name with these events, and the time zones that they go by."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(_plain(name)))
    calendar.add("refresh-interval", _REFRESHED, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for zone in sorted({event.repetition.zone for event in events if event.repetition is not None} - {"UTC"}):
        calendar.add_component(_zone(zone))
    head, end, after = calendar.to_ical().rpartition(b"END:VCALENDAR")
    pace, written = Pace(), [head]
    for component in _components(events):
        pace.step()
        written.append(component.to_ical())
    return b"".join((*written, end, after))


def _components(events: Sequence[CalendarEvent]) -> Iterator[Event]:
    for event in events:
        yield _master(event)
        for departure in event.departures:
            if departure.details is not None:
                yield _departure(event, departure, departure.details)


@lru_cache(maxsize=256)
def _zone(name: str) -> Timezone:
    first, last = _ZONES_KNOWN
    return Timezone.from_tzid(name, first_date=first, last_date=last)


def _master(event: CalendarEvent) -> Event:
    component = _component(event, event.details)
    if event.repetition is not None:
        component.add("rrule", _rule(event.repetition, all_day=event.details.all_day))
        cancelled = [departure.original for departure in event.departures if departure.details is None]
        if cancelled:
            component.add("exdate", [_time(event, at) for at in cancelled])
    return component


def _departure(event: CalendarEvent, departure: Departure, details: Details) -> Event:
    component = _component(event, details)
    component.add("recurrence-id", _time(event, departure.original))
    return component


def _component(event: CalendarEvent, details: Details) -> Event:
    component = Event()
    component.add("uid", _plain(event.uid))
    component.add("dtstamp", event.updated_at)
    component.add("created", event.created_at)
    component.add("last-modified", event.updated_at)
    component.add("sequence", event.revision)
    component.add("summary", _plain(details.title))
    component.add("dtstart", _time(event, details.start))
    component.add("dtend", _time(event, details.end + _DAY if details.all_day else details.end))
    if _NAMELY.fullmatch(details.color):
        component.add(COLOR, details.color)
    if details.location:
        component.add("location", _plain(details.location))
    if details.description:
        component.add("description", _plain(details.description))
    return component


def _time(event: CalendarEvent, at: datetime) -> date | datetime:
    if event.details.all_day:
        return at.date()
    return at if event.repetition is None else at.astimezone(ZoneInfo(event.repetition.zone))


def _rule(repetition: Repetition, *, all_day: bool) -> vRecur:
    parts: dict[str, Any] = dict(vRecur.from_ical(repetition.rule))
    if "UNTIL" in parts and repetition.until is not None:
        parts["UNTIL"] = [repetition.until.date() if all_day else repetition.until.astimezone(UTC)]
    return vRecur(parts)


def _plain(text: str) -> str:
    """The text without what some readers take for the end of a line, and what no calendar shows."""
    return _UNPRINTABLE.sub(" ", text.replace("\r\n", "\n"))
