"""From an iCalendar file to events."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from adapters.ical.recurrence import IcalRecurrence
from adapters.ical.writing import COLOR
from application.ports.calendar_files import FiledEvent, Unread
from domain.calendar import (
    COLOR_LIMIT,
    DEFAULT_COLOR,
    DESCRIPTION_LIMIT,
    LOCATION_LIMIT,
    LONGEST_REPEATED,
    MOST_DEPARTURES,
    TITLE_LIMIT,
    UID_LIMIT,
    Departure,
    Details,
    Repetition,
)
from domain.errors import Fault, InvalidInput

PATIENCE = 10
"""Seconds for the events of one file."""
UNTITLED = "(제목 없음)"

_DAY = timedelta(days=1)
_FOLD = re.compile(r"\r?\n[ \t]")
_OF_TIME = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RECURRENCE-ID")
_FAULTS_OF_FILES = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


class _Unfit(Exception):
    """Why an event cannot be taken over."""


def _events(data: bytes) -> list[Component]:
    """The events of a file, as they stand there. Raises InvalidInput where it is no iCalendar file."""
    try:
        found = Calendar.from_ical(_without_zones(data.decode("utf-8-sig")), multiple=True)
        if not found or any(calendar.name != "VCALENDAR" for calendar in found):
            raise ValueError
        events = [event for calendar in found for event in calendar.walk("VEVENT")]
    except _FAULTS_OF_FILES:
        raise _bad("must be an iCalendar file (.ics)") from None
    for event in events:
        broken = [name for name, _ in event.errors if name in _OF_TIME]
        if broken or "DTSTART" not in event:
            raise _bad(f"holds an event whose {broken[0] if broken else 'DTSTART'} is missing or broken")
    return events


def _without_zones(text: str) -> str:
    """The file without its own descriptions of time zones, which are believed by their names alone: running through
    the rules of a hostile one would take for ever."""
    kept, within = [], False
    for line in re.split(r"\r?\n", _FOLD.sub("", text)):
        word = line.upper().strip()
        about_zone = word.endswith("VTIMEZONE")
        if about_zone and word.startswith("BEGIN"):
            within = True
        if not within:
            kept.append(line)
        if about_zone and word.startswith("END"):
            within = False
    return "\r\n".join(kept)


def _bad(reason: str) -> InvalidInput:
    return InvalidInput(details=[Fault("file", reason)])


class Reader:
    """Reads files. What names no zone is in ``zone``."""

    def __init__(self, recurrence: IcalRecurrence, zone: str, timer: Callable[[], float] = monotonic) -> None:
        self._recurrence = recurrence
        self._timer = timer
        self._zone = ZoneInfo(zone)

    def read(self, data: bytes) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        """The events of a file, one for each uid, and those that cannot be taken over. Raises InvalidInput."""
        masters: dict[str, Component] = {}
        changed: dict[str, list[Component]] = {}
        for event in _events(data):
            uid = _uid(event)
            if "RECURRENCE-ID" in event:
                changed.setdefault(uid, []).append(event)
            else:
                masters[uid] = event
        filed: list[FiledEvent] = []
        unread: list[Unread] = []
        started = self._timer()
        for uid, event, others in _grouped(masters, changed):
            if self._timer() - started > PATIENCE:
                raise _bad("takes too long to be read")
            try:
                filed.append(self._filed(uid, event, others))
            except _Unfit as error:
                unread.append(Unread(_text(event, "SUMMARY", TITLE_LIMIT) or UNTITLED, str(error)))
            except InvalidInput as error:
                reasons = [f"{fault.field} {fault.message}" for fault in error.details]
                unread.append(Unread(_text(event, "SUMMARY", TITLE_LIMIT) or UNTITLED, "; ".join(reasons)))
            except _FAULTS_OF_FILES:
                raise _bad("holds an event that cannot be read") from None
        return filed, unread

    def _filed(self, uid: str, event: Component, others: Sequence[Component]) -> FiledEvent:
        _require_fit(event)
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            raise _Unfit("is cancelled")
        details = self._details(event)
        if "RRULE" not in event:
            return FiledEvent(uid, details)
        if details.end - details.start > LONGEST_REPEATED:
            raise _Unfit("repeats, and each time lasts longer than a year")
        zone = self._zone_of(event)
        rule = _property(event, "RRULE").to_ical().decode()
        repetition = self._recurrence.read(rule, details.start, "UTC" if details.all_day else zone.key)
        departures = {original: Departure(original) for original in self._cancelled(event, details, repetition, zone)}
        for other in others:
            _require_fit(other)
            original = self._utc(_property(other, "RECURRENCE-ID").dt, _property(other, "RECURRENCE-ID").params)
            cancelled = str(other.get("STATUS", "")).upper() == "CANCELLED"
            departures[original] = Departure(original, None if cancelled else self._departed(other, details))
        if len(departures) > MOST_DEPARTURES:
            raise _Unfit(f"has more than {MOST_DEPARTURES} changed times")
        return FiledEvent(uid, details, repetition, tuple(departures[at] for at in sorted(departures)))

    def _departed(self, event: Component, usual: Details) -> Details:
        details = self._details(event)
        if details.all_day != usual.all_day:
            raise _Unfit("is all day at some times and not at others")
        return details

    def _details(self, event: Component) -> Details:
        start = _property(event, "DTSTART")
        all_day = not isinstance(start.dt, datetime)
        first = self._utc(start.dt, start.params)
        if "DTEND" in event:
            if isinstance(_property(event, "DTEND").dt, datetime) == all_day:
                raise _Unfit("starts with a date and ends with a time, or the other way round")
            last = self._utc(_property(event, "DTEND").dt, _property(event, "DTEND").params)
        elif "DURATION" in event:
            last = first + _property(event, "DURATION").dt
        else:
            last = first + (_DAY if all_day else timedelta(0))
        if all_day:
            last = max(first, last - _DAY)
        return Details(
            title=_text(event, "SUMMARY", TITLE_LIMIT) or UNTITLED,
            start=first,
            end=last,
            all_day=all_day,
            color=_text(event, COLOR, COLOR_LIMIT) or DEFAULT_COLOR,
            location=_text(event, "LOCATION", LOCATION_LIMIT),
            description=_text(event, "DESCRIPTION", DESCRIPTION_LIMIT),
        ).checked()

    def _cancelled(
        self, event: Component, details: Details, repetition: Repetition, zone: ZoneInfo
    ) -> Iterator[datetime]:
        lists = _property(event, "EXDATE") if "EXDATE" in event else []
        lists = lists if isinstance(lists, list) else [lists]
        if sum(len(each.dts) for each in lists) > MOST_DEPARTURES:
            raise _Unfit(f"has more than {MOST_DEPARTURES} changed times")
        for each in lists:
            for value in each.dts:
                at = value.dt
                if not isinstance(at, datetime) and not details.all_day:
                    at = datetime.combine(at, details.start.astimezone(zone).time(), zone)
                original = self._utc(at, each.params)
                starts = self._recurrence.starts(
                    repetition, details.start, begin=original, end=original + timedelta(milliseconds=1)
                )
                if original in starts:
                    yield original

    def _utc(self, at: date | datetime, params: Any) -> datetime:
        if not isinstance(at, datetime):
            return datetime(at.year, at.month, at.day, tzinfo=UTC)
        if at.tzinfo is None:
            if "TZID" in params:
                raise _Unfit("is in a time zone that is not known here")
            at = at.replace(tzinfo=self._zone)
        return at.astimezone(UTC)

    def _zone_of(self, event: Component) -> ZoneInfo:
        at = _property(event, "DTSTART").dt
        if not isinstance(at, datetime) or at.tzinfo is None:
            return self._zone
        return at.tzinfo if isinstance(at.tzinfo, ZoneInfo) and at.tzinfo.key else ZoneInfo("UTC")


def _property(event: Component, name: str) -> Any:
    return event[name]


def _grouped(
    masters: dict[str, Component], changed: dict[str, list[Component]]
) -> Iterator[tuple[str, Component, Sequence[Component]]]:
    for uid, event in masters.items():
        yield uid, event, changed.get(uid, [])
    for uid, events in changed.items():
        if uid not in masters:  # an invitation to a single time of something that repeats elsewhere
            for event in events:
                original: bytes = _property(event, "RECURRENCE-ID").to_ical()
                yield _name(uid.encode() + b"/" + original), event, []


def _require_fit(event: Component) -> None:
    if "RDATE" in event or "EXRULE" in event or isinstance(event.get("RRULE"), list):
        raise _Unfit("repeats in a way that is not known here (RDATE, EXRULE or more than one RRULE)")
    if "RECURRENCE-ID" in event and "RANGE" in _property(event, "RECURRENCE-ID").params:
        raise _Unfit("is changed from some time on (RANGE), which is not known here")


def _uid(event: Component) -> str:
    uid = _text(event, "UID", UID_LIMIT + 1)
    if uid and len(uid) <= UID_LIMIT:
        return uid
    return _name(_without_stamp(event))  # known by what it says, so that the same file says the same


def _name(of: bytes) -> str:
    return f"{sha256(of).hexdigest()}@imported"


def _without_stamp(event: Component) -> bytes:
    """What the event says, without when it was written down."""
    lines = event.to_ical().splitlines()
    return b"\n".join(line for line in lines if not line.startswith(b"DTSTAMP"))


def _text(event: Component, name: str, limit: int) -> str:
    value: Any = event.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return str(value).replace("\x00", "").strip()[:limit].strip()
