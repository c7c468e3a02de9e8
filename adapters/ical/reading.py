"""From an iCalendar file to events."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.parser import Contentline, Contentlines

from adapters.ical.pace import PATIENCE, Pace, TakesTooLong
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
from domain.errors import CalendarFull, Fault, InvalidInput

UNTITLED = "(제목 없음)"

_DAY = timedelta(days=1)
_SINGLE = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID")
_OF_TIME = (*_SINGLE, "RRULE", "EXDATE")
_KNOWN = {"UID", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "RDATE", "EXRULE", COLOR, *_OF_TIME}
_FAULTS_OF_FILES = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


class _Unfit(Exception):
    """Why an event cannot be taken over."""


class _Paced(list[Contentline]):
    """Lines that are gone through at a pace."""

    def __init__(self, lines: Iterable[Contentline], pace: Pace) -> None:
        super().__init__(lines)
        self._pace = pace

    def __iter__(self) -> Iterator[Contentline]:
        for line in super().__iter__():
            self._pace.step()
            yield line


def _events(data: bytes, limit: int, pace: Pace) -> list[Component]:
    """The events of a file, as they stand there. Raises InvalidInput where it is no iCalendar file, CalendarFull where
    it holds more than ``limit``."""
    try:
        lines: Any = _Paced(_lines(data.decode("utf-8-sig"), limit, pace), pace)
        found = Calendar.from_ical(lines, multiple=True)
        if not found or any(calendar.name != "VCALENDAR" for calendar in found):
            raise ValueError
        return [event for calendar in found for event in calendar.walk("VEVENT")]
    except _FAULTS_OF_FILES:
        raise _bad("must be an iCalendar file (.ics)") from None


def _lines(text: str, limit: int, pace: Pace) -> Iterator[Contentline]:
    """The lines that tell something of events that is known here; no others are worth parsing, nor may any that is
    broken keep the events out. What describes a time zone is not among them: zones are believed by their names alone,
    since running through the rules of a hostile one would take for ever. Changed times of an event are no events of
    their own for the ``limit``."""
    within: list[str] = []
    count, changed = 0, False
    lines: Any = Contentlines
    for line in lines.from_ical(text):
        pace.step()
        name = "".join(line.partition(":")[0].partition(";")[0].split()).upper()
        if name == "BEGIN":
            within.append(line.rpartition(":")[2].strip().upper())
        elif name == "END":
            if within[-1:] == ["VEVENT"]:
                count, changed = count + (not changed), False
            del within[-1:]
        elif within[-1:] != ["VEVENT"] or name not in _KNOWN:
            continue
        changed = changed or name == "RECURRENCE-ID"
        if count > limit:
            raise CalendarFull(f"A file may hold at most {limit} events.")
        yield line


def _bad(reason: str) -> InvalidInput:
    return InvalidInput(details=[Fault("file", reason)])


class Reader:
    """Reads files. What names no zone is in ``zone``."""

    def __init__(
        self, recurrence: IcalRecurrence, zone: str, pace: Callable[[], Pace] = lambda: Pace(PATIENCE)
    ) -> None:
        self._recurrence = recurrence
        self._pace = pace
        self._zone = ZoneInfo(zone)

    def read(self, data: bytes, *, limit: int) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        """The events of a file, one for each uid, and those that cannot be taken over. Raises InvalidInput,
        CalendarFull."""
        try:
            return self._read(data, limit, self._pace())
        except TakesTooLong:
            raise _bad("takes too long to be read") from None

    def _read(self, data: bytes, limit: int, pace: Pace) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        masters: dict[str, Component] = {}
        changed: dict[str, list[Component]] = {}
        for event in _events(data, limit, pace):
            pace.step()
            uid = _uid(event)
            if "RECURRENCE-ID" in event:
                changed.setdefault(uid, []).append(event)
            else:
                masters[uid] = event
        filed: list[FiledEvent] = []
        unread: list[Unread] = []
        for uid, event, others in _grouped(masters, changed):
            pace.step()
            try:
                filed.append(self._filed(uid, event, others, pace))
            except _Unfit as error:
                unread.append(_unread(event, str(error)))
            except InvalidInput as error:
                unread.append(_unread(event, "; ".join(f"{fault.field} {fault.message}" for fault in error.details)))
            except _FAULTS_OF_FILES:
                unread.append(_unread(event, "cannot be understood"))
        return filed, unread

    def _filed(self, uid: str, event: Component, others: Sequence[Component], pace: Pace) -> FiledEvent:
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
        departures = {
            original: Departure(original) for original in self._cancelled(event, details, repetition, zone, pace)
        }
        for other in others:
            pace.step()
            _require_fit(other)
            named = _property(other, "RECURRENCE-ID")
            original = self._original(named.dt, named.params, details, zone)
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
        if "DTSTART" not in event:
            raise _Unfit("has no DTSTART")
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
        self, event: Component, details: Details, repetition: Repetition, zone: ZoneInfo, pace: Pace
    ) -> Iterator[datetime]:
        lists = _property(event, "EXDATE") if "EXDATE" in event else []
        lists = lists if isinstance(lists, list) else [lists]
        if sum(len(each.dts) for each in lists) > MOST_DEPARTURES:
            raise _Unfit(f"has more than {MOST_DEPARTURES} changed times")
        for each in lists:
            for value in each.dts:
                pace.step()
                original = self._original(value.dt, each.params, details, zone)
                starts = self._recurrence.starts(
                    repetition, details.start, begin=original, end=original + timedelta(milliseconds=1)
                )
                if original in starts:
                    yield original

    def _original(self, at: date | datetime, params: Any, details: Details, zone: ZoneInfo) -> datetime:
        """Which time of something that repeats is meant; where only its day is named, the one of that day."""
        timed = isinstance(at, datetime)
        if timed and details.all_day:
            at = datetime(at.year, at.month, at.day, tzinfo=UTC)
        elif not timed and not details.all_day:
            at = datetime.combine(at, details.start.astimezone(zone).time(), zone)
        return self._utc(at, params)

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


def _unread(event: Component, reason: str) -> Unread:
    return Unread(_text(event, "SUMMARY", TITLE_LIMIT) or UNTITLED, reason)


def _grouped(
    masters: dict[str, Component], changed: dict[str, list[Component]]
) -> Iterator[tuple[str, Component, Sequence[Component]]]:
    for uid, event in masters.items():
        yield uid, event, changed.get(uid, [])
    for uid, events in changed.items():
        if uid not in masters:  # invitations to single times of something that repeats elsewhere
            for event in events:
                yield _name(uid.encode() + b"/" + _original_of(event)), event, []


def _original_of(event: Component) -> bytes:
    named = _property(event, "RECURRENCE-ID")
    return b",".join(each.to_ical() for each in (named if isinstance(named, list) else [named]))


def _require_fit(event: Component) -> None:
    broken = [name for name, _ in event.errors if name in _OF_TIME]
    broken += [name for name in _SINGLE if isinstance(event.get(name), list)]
    if broken:
        raise _Unfit(f"says something in {broken[0]} that cannot be understood")
    if "RDATE" in event or "EXRULE" in event or isinstance(event.get("RRULE"), list):
        raise _Unfit("repeats in a way that is not known here (RDATE, EXRULE or more than one RRULE)")
    if "RECURRENCE-ID" in event and "RANGE" in _property(event, "RECURRENCE-ID").params:
        raise _Unfit("is changed from some time on (RANGE), which is not known here")


def _uid(event: Component) -> str:
    uid = _text(event, "UID", UID_LIMIT + 1)
    if uid and len(uid) <= UID_LIMIT:
        return uid
    return _name(event.to_ical())  # known by what it says, so that the same file says the same


def _name(of: bytes) -> str:
    return f"{sha256(of).hexdigest()}@imported"


def _text(event: Component, name: str, limit: int) -> str:
    value: Any = event.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return str(value).replace("\x00", "").strip()[:limit].strip()
