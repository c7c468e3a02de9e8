"""What stands in people's calendars: events, how they repeat, and where two of them overlap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from domain.dates import time_of
from domain.errors import CalendarFull, Fault, InvalidInput
from domain.ids import CalendarEventId, RoomId, UserId
from domain.text import storable

DEFAULT_COLOR = "#00694D"
TITLE_LIMIT = 500
COLOR_LIMIT = 64
LOCATION_LIMIT = 500
DESCRIPTION_LIMIT = 20_000
UID_LIMIT = 500
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
LONGEST_REPEATED = timedelta(days=366)
"""How long each occurrence of an event that repeats may be."""
MOST_DEPARTURES = 1000
"""How many occurrences of an event may be changed or cancelled by themselves."""

_DAY = timedelta(days=1)
_TEXTS = {"title": TITLE_LIMIT, "color": COLOR_LIMIT, "location": LOCATION_LIMIT, "description": DESCRIPTION_LIMIT}


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as somebody wrote it; ``is_date`` where they named a day alone, which stands for its midnight in UTC."""

    at: datetime
    is_date: bool = False


def moment(text: str, field: str, *, zone: tzinfo = UTC) -> Moment:
    """What ``2026-03-02``, or a time of that day, means; a time without an offset is in ``zone``.

    Raises:
        InvalidInput: it is no date, or lies outside 1900 to 2200.
    """
    text = text.strip()
    try:
        read = time_of(text)
        is_date = len(text) <= len("2026-03-02")
        at = read.replace(tzinfo=read.tzinfo or (UTC if is_date else zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(details=[Fault(field, "must be a date such as 2026-03-02T09:00:00Z")]) from None
    return Moment(within_reach(at, field), is_date)


def within_reach(at: datetime, field: str) -> datetime:
    """The time, cut to milliseconds. Raises InvalidInput where it lies outside 1900 to 2200."""
    if not EARLIEST <= at < LATEST:
        raise InvalidInput(details=[Fault(field, "must lie between 1900 and 2200")])
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class Details:
    """What an entry in a calendar says.

    ``start`` and ``end`` are in UTC. For an ``all_day`` entry they are the midnights that name its first and its last
    day, wherever its reader is.
    """

    title: str
    start: datetime
    end: datetime
    all_day: bool = False
    color: str = DEFAULT_COLOR
    location: str = ""
    description: str = ""

    def moved_to(self, start: datetime) -> "Details":
        """The same entry at another time, as long as before."""
        return replace(self, start=start, end=start + (self.end - self.start))

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From when to when it lasts; all-day entries are days of ``zone``."""
        if not self.all_day:
            return self.start, self.end
        first, after = self.start, self.end + _DAY
        return first.replace(tzinfo=zone).astimezone(UTC), after.replace(tzinfo=zone).astimezone(UTC)

    def checked(self) -> "Details":
        """The entry as it is kept: texts without surrounding white space, times cut to milliseconds.

        Raises:
            InvalidInput: there is no title, a text is too long or cannot be stored, or the start is after the end.
        """
        texts = {field: storable(getattr(self, field), field).strip() for field in _TEXTS}
        texts["color"] = texts["color"] or DEFAULT_COLOR
        faults = [
            Fault(field, f"must have at most {limit} characters")
            for field, limit in _TEXTS.items()
            if len(texts[field]) > limit
        ]
        if not texts["title"]:
            faults.append(Fault("title", "must not be empty"))
        start, end = within_reach(self.start, "start"), within_reach(self.end, "end")
        if start > end:
            faults.append(Fault("end", "must not be before start"))
        if self.all_day and (_midnight(start) != start or _midnight(end) != end):
            faults.append(Fault("allDay", "needs a start and an end that are dates alone"))
        if faults:
            raise InvalidInput(details=faults)
        return Details(**texts, start=start, end=end, all_day=self.all_day)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Repetition:
    """How an event repeats: an RRULE, and the zone by whose clocks it goes. Nothing starts after ``until``."""

    rule: str
    zone: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """The occurrence that would start at ``original`` is another one, or cancelled where ``details`` is None."""

    original: datetime
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event of its organizer's, which the attendees see as well. ``details`` is its first occurrence.

    ``uid`` names it across calendars; ``revision`` counts its changes.
    """

    id: CalendarEventId
    uid: str
    organizer_id: UserId
    details: Details
    created_at: datetime
    updated_at: datetime
    repetition: Repetition | None = None
    departures: tuple[Departure, ...] = ()
    room_id: RoomId | None = None
    attendee_ids: tuple[UserId, ...] = ()
    revision: int = 0

    @property
    def concerned(self) -> tuple[UserId, ...]:
        """Who has it in their calendar."""
        return (self.organizer_id, *self.attendee_ids)

    def departure_at(self, original: datetime) -> Departure | None:
        """How the occurrence of this time departs from the others, or None."""
        return next((departure for departure in self.departures if departure.original == original), None)

    def departing(self, departure: Departure) -> "CalendarEvent":
        """The event with one occurrence changed or cancelled. Raises CalendarFull where too many are."""
        others = [other for other in self.departures if other.original != departure.original]
        if len(others) >= MOST_DEPARTURES:
            raise CalendarFull(f"At most {MOST_DEPARTURES} times of an event may be changed by themselves.")
        return replace(self, departures=tuple(sorted((*others, departure), key=lambda each: each.original)))

    def saying(self, details: Details) -> "CalendarEvent":
        """The event with other words. An occurrence that was changed by itself keeps what it says otherwise."""
        departures = [
            departure
            if departure.details is None
            else replace(departure, details=_following(departure.details, self.details, details))
            for departure in self.departures
        ]
        return replace(self, details=details, departures=tuple(departures))

    def reach(self) -> tuple[datetime, datetime | None]:
        """Two times between which all its occurrences lie, in whatever zone its days are reckoned; None: no end."""
        told = [self.details, *(departure.details for departure in self.departures if departure.details)]
        first = min(details.start for details in told) - _DAY
        last = max(details.end for details in told)
        if self.repetition is not None:
            until = self.repetition.until
            if until is None:
                return first, None
            last = max(last, until + (self.details.end - self.details.start))
        return first, last + 2 * _DAY


def _following(departed: Details, before: Details, now: Details) -> Details:
    changes = {field: getattr(now, field) for field in _TEXTS if getattr(departed, field) == getattr(before, field)}
    return replace(departed, **changes)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event takes place; ``original`` names it among those of an event that repeats."""

    event: CalendarEvent
    details: Details
    original: datetime | None = None


def overlap(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two spans share a moment. What ends as the other begins does not; what lasts no time has its moment."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]


def mentions(details: Details, words: Sequence[str]) -> bool:
    """Whether every word stands somewhere in what the entry says, in any case."""
    text = f"{details.title}\n{details.location}\n{details.description}".casefold()
    return all(word in text for word in words)


def words_of(query: str) -> Sequence[str]:
    """The words of a query, ready to be looked for. Raises InvalidInput where it cannot be stored."""
    return storable(query, "q").casefold().split()


def in_order(occurrences: Sequence[Occurrence]) -> list[Occurrence]:
    """By start, then by title."""
    return sorted(occurrences, key=lambda each: (each.details.start, each.details.title, each.event.id))


def patched(details: Details, changes: Mapping[str, object]) -> Details:
    """The entry with these fields changed and checked. Where the start moves and no end is named, the end goes along.

    Raises:
        InvalidInput: what comes of it is no entry.
    """
    changes = {field: value for field, value in changes.items() if value is not None}
    start = changes.get("start")
    if isinstance(start, datetime) and "end" not in changes:
        changes["end"] = start + (details.end - details.start)
    return replace(details, **changes).checked()  # type: ignore[arg-type]
