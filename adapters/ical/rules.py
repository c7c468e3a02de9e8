"""RRULEs: what they may say here, and running through them without ever running on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday
from icalendar import vRecur

RULE_LIMIT = 500
MOST_COUNTED = 1000
LONGEST_INTERVAL = 1000
YEARS_OF_COUNTING = 100
DAYS_COUNTED = 30 * 366

_FREQUENCIES = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_DAYS = {name: weekday(number) for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_NUMBERS: Mapping[str, tuple[str, int, bool]] = {
    "BYMONTHDAY": ("bymonthday", 31, True),
    "BYYEARDAY": ("byyearday", 366, True),
    "BYWEEKNO": ("byweekno", 53, True),
    "BYSETPOS": ("bysetpos", 366, True),
    "BYMONTH": ("bymonth", 12, False),
}
"""How dateutil calls each list of numbers, how far they go, and whether they may count from the end."""

_SINGLE = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST")
_KNOWN = {*_SINGLE, *_NUMBERS, "BYDAY"}
_ASKED_EACH_YEAR = 8  # at the most, by rules with week numbers
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY", "BYSECOND", "BYMINUTE", "BYHOUR")


class BadRule(Exception):
    """Why a rule cannot be used."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was understood. ``by`` are dateutil's lists; ``text`` is the rule in its canonical form."""

    text: str
    frequency: int
    interval: int
    week_start: int
    by: Mapping[str, Sequence[Any]]
    count: int | None = None
    until: date | datetime | None = None


def parse(text: str) -> Rule:
    """Understand a rule. Raises BadRule."""
    text = text.strip().removeprefix("RRULE:").upper().rstrip(";")
    if len(text) > RULE_LIMIT or not text.isascii():
        raise BadRule(f"must have at most {RULE_LIMIT} characters")
    parts = _parts(text)
    single = {key: parts[key][0] for key in _SINGLE if key in parts}
    frequency = str(single.get("FREQ", ""))
    if frequency not in _FREQUENCIES:
        raise BadRule("must name FREQ as DAILY, WEEKLY, MONTHLY or YEARLY")
    if "COUNT" in single and "UNTIL" in single:
        raise BadRule("may have COUNT or UNTIL, not both")
    numbered = frequency in {"MONTHLY", "YEARLY"}
    by: dict[str, Sequence[Any]] = {}
    for key, (name, limit, backwards) in _NUMBERS.items():
        if key in parts:
            by[name] = _numbers(key, parts[key], limit, backwards=backwards)
    if "BYDAY" in parts:
        by["byweekday"] = [_day(value, numbered=numbered) for value in parts["BYDAY"]]
    if "bysetpos" in by and len(by) == 1:
        raise BadRule("needs another BY… beside BYSETPOS")
    canonical: Any = vRecur(parts)
    return Rule(
        text=canonical.to_ical().decode(),
        frequency=_FREQUENCIES[frequency],
        interval=_within("INTERVAL", single.get("INTERVAL", 1), LONGEST_INTERVAL),
        week_start=_day(single.get("WKST", "MO"), numbered=False).weekday,
        by=by,
        count=_within("COUNT", single["COUNT"], MOST_COUNTED) if "COUNT" in single else None,
        until=_until(single.get("UNTIL")),
    )


def _parts(text: str) -> dict[str, list[Any]]:
    keys = [pair.partition("=")[0] for pair in text.split(";")]
    if any(word in text for word in _TOO_OFTEN):
        raise BadRule("may repeat daily at the most often")
    if len(keys) != len(set(keys)) or any("=" not in pair for pair in text.split(";")):
        raise BadRule("must be parts such as FREQ=WEEKLY;BYDAY=MO, each once")
    unknown = sorted({*keys} - _KNOWN)
    if unknown:
        raise BadRule("has a part that is not known here; known are " + ", ".join(sorted(_KNOWN)))
    try:
        parts = {key: list(values) for key, values in vRecur.from_ical(text).items()}
    except ValueError:
        raise BadRule("must be an RRULE such as FREQ=WEEKLY;BYDAY=MO") from None
    if any(len(parts[key]) != 1 for key in _SINGLE if key in parts):
        raise BadRule("names something twice that there can be only one of")
    return parts


def _numbers(key: str, values: Sequence[Any], limit: int, *, backwards: bool) -> list[int]:
    try:
        numbers = [int(value) for value in values]
    except ValueError:
        raise BadRule(f"{key} must be numbers") from None
    if any(number == 0 or abs(number) > limit or (number < 0 and not backwards) for number in numbers):
        raise BadRule(f"{key} must be from 1 to {limit}")
    return numbers


def _within(key: str, value: Any, limit: int) -> int:
    if not 1 <= int(value) <= limit:
        raise BadRule(f"{key} must be from 1 to {limit}")
    return int(value)


def _day(value: Any, *, numbered: bool) -> weekday:
    text = str(value)
    place = text[:-2]
    day = _DAYS[text[-2:]]
    if not place:
        return day
    if not numbered:
        raise BadRule("days may have numbers in BYDAY with MONTHLY and YEARLY alone")
    if place in {"+", "-"} or not 1 <= abs(int(place)) <= 53:
        raise BadRule("the numbers of BYDAY must be from 1 to 53")
    return day(int(place))


def _until(value: Any) -> date | datetime | None:
    if value is None or isinstance(value, date):
        return value
    raise BadRule("UNTIL must be a date")


def counted(rule: Rule, start: datetime, count: int) -> datetime:
    """The last of so many starts, the first one counted in, as far as they are within a hundred years; and of days no
    more are looked at than thirty years hold."""
    whole, fraction = _seconds(start)
    looked_at = YEARS_OF_COUNTING if rule.frequency != DAILY else DAYS_COUNTED * rule.interval // 366
    years = min(looked_at, YEARS_OF_COUNTING)
    first, number = _leapt(rule, whole, count, years)
    last = start
    for found in _run(rule, whole, first, until=None, years=years - (first.year - whole.year)):
        if number == count or found.year > whole.year + years:
            break
        if found != whole:
            last, number = found + fraction, number + 1
    return last


def _leapt(rule: Rule, start: datetime, count: int, years: int) -> tuple[datetime, int]:
    """From where on so many starts need be counted, and the number of those before: where each period of the rule has
    as many as any other, most of them are passed over at once."""
    if rule.frequency == DAILY and not rule.by:
        each, in_first, begin, days = 1, 0, start, rule.interval
    elif rule.frequency == WEEKLY and rule.by.keys() <= {"byweekday"}:
        places = {(day.weekday - rule.week_start) % 7 for day in rule.by.get("byweekday", ())}
        place = (start.weekday() - rule.week_start) % 7
        each, in_first = len(places) or 1, sum(other > place for other in places)
        begin, days = _first_of_week(start, rule.week_start), 7 * rule.interval
    else:
        return start, 1
    periods = min((count - 2 - in_first) // each, (years - 2) * 365 // days - 1)
    if periods < 1:
        return start, 1
    return begin + timedelta(days=(periods + 1) * days), 1 + in_first + periods * each


def starts(rule: Rule, start: datetime, begin: datetime, end: datetime) -> Iterator[datetime]:
    """When an event starts between these times on the clock of its zone, the first start always counted in.

    ``COUNT`` and ``UNTIL`` are the caller's to mind.
    """
    if begin <= start <= end:
        yield start
    whole, fraction = _seconds(start)
    begin, end = max(begin, start) - fraction, end - fraction
    aligned = _aligned(rule, whole, begin)
    if aligned <= end:
        for found in _run(rule, whole, aligned, until=end, years=end.year - aligned.year + 1):
            if found >= begin and found != whole:
                yield found + fraction


def _seconds(at: datetime) -> tuple[datetime, timedelta]:
    """Whole seconds, which are all that dateutil knows, and the rest."""
    return at.replace(microsecond=0), timedelta(microseconds=at.microsecond)


def _run(rule: Rule, start: datetime, first: datetime, *, until: datetime | None, years: int) -> Iterator[datetime]:
    try:
        yield from _Bounded(
            rule.frequency,
            dtstart=first,
            interval=rule.interval,
            wkst=rule.week_start,
            until=until,
            years=years,
            **_explicit(rule, start),
        )
    except _NothingFound:
        return


def _explicit(rule: Rule, start: datetime) -> dict[str, Any]:
    """The rule's lists, and those that it leaves to be taken from the first start."""
    by: dict[str, Any] = dict(rule.by)
    if any(name in by for name in ("byweekday", "bymonthday", "byyearday")):
        return by
    if rule.frequency == WEEKLY or "byweekno" in by:
        by["byweekday"] = [start.weekday()]
    elif rule.frequency == MONTHLY:
        by["bymonthday"] = [start.day]
    elif rule.frequency == YEARLY:
        by.setdefault("bymonth", [start.month])
        by["bymonthday"] = [start.day]
    return by


def _aligned(rule: Rule, start: datetime, begin: datetime) -> datetime:
    """The beginning of the last period of the rule that begins no later than ``begin``: what came before need not be
    run through."""
    if begin.date() <= start.date():
        return start
    interval = rule.interval
    if rule.frequency == DAILY:
        days = (begin.date() - start.date()).days
        return start + timedelta(days=days - days % interval)
    if rule.frequency == WEEKLY:
        week = _first_of_week(start, rule.week_start)
        weeks = (_first_of_week(begin, rule.week_start).date() - week.date()).days // 7
        return max(start, week + timedelta(weeks=weeks - weeks % interval))
    if rule.frequency == MONTHLY:
        months = (begin.year - start.year) * 12 + begin.month - start.month
        year, month = divmod(start.year * 12 + start.month - 1 + months - months % interval, 12)
        return max(start, start.replace(year=year, month=month + 1, day=1))
    years = begin.year - start.year
    return max(start, start.replace(year=start.year + years - years % interval, month=1, day=1))


def _first_of_week(at: datetime, week_start: int) -> datetime:
    return at - timedelta(days=(at.weekday() - week_start) % 7)


class _NothingFound(Exception):
    """So many years have been run through."""


class _Bounded(rrule):
    """dateutil looks for a match up to the year 9999. This one looks into so many years and then gives up: it asks for
    the rule's week numbers when it comes to a new year."""

    def __init__(self, *args: Any, years: int, **kwargs: Any) -> None:
        self._weeks: Sequence[int] | None = None
        self._left = 10_000
        super().__init__(*args, **kwargs)
        self._left = (years + 1) * (_ASKED_EACH_YEAR if kwargs.get("byweekno") else 1)

    @property
    def _byweekno(self) -> Sequence[int] | None:
        self._left -= 1
        if self._left < 0:
            raise _NothingFound
        return self._weeks

    @_byweekno.setter
    def _byweekno(self, weeks: Sequence[int] | None) -> None:
        self._weeks = weeks
