"""Rules of repetition: right, whichever stretch is asked for, and never without end."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule as dateutil_rrule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.ical.recurrence import IcalRecurrence
from domain.calendar import Repetition
from domain.errors import InvalidInput

recurrence = IcalRecurrence()
ZONES = ["UTC", "Asia/Seoul", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
NAMES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
DAY, INSTANT = timedelta(days=1), timedelta(milliseconds=1)
STARTS = st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001 - on the clock of a zone
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000, fold=0)
)
IsDay = Callable[[date, date], bool]


@st.composite
def simple_rules(draw: st.DrawFn) -> tuple[str, IsDay]:
    """A rule, and whether by it something that starts on one day takes place on another, told without any library."""
    interval = draw(st.integers(1, 5))
    days = draw(st.sets(st.integers(0, 6), min_size=1, max_size=4))
    month_days = draw(st.sets(st.integers(1, 31), min_size=1, max_size=3))

    def week(day: date) -> int:
        return (day - timedelta(days=day.weekday()) - date(1900, 1, 1)).days // 7

    def month(day: date) -> int:
        return day.year * 12 + day.month

    rules: list[tuple[str, IsDay]] = [
        (f"FREQ=DAILY;INTERVAL={interval}", lambda first, day: (day - first).days % interval == 0),
        (
            f"FREQ=WEEKLY;INTERVAL={interval};BYDAY={','.join(NAMES[number] for number in sorted(days))}",
            lambda first, day: (week(day) - week(first)) % interval == 0 and day.weekday() in days,
        ),
        (
            f"FREQ=WEEKLY;INTERVAL={interval}",
            lambda first, day: (week(day) - week(first)) % interval == 0 and day.weekday() == first.weekday(),
        ),
        (
            f"FREQ=MONTHLY;INTERVAL={interval};BYMONTHDAY={','.join(map(str, sorted(month_days)))}",
            lambda first, day: (month(day) - month(first)) % interval == 0 and day.day in month_days,
        ),
        (
            f"FREQ=MONTHLY;INTERVAL={interval}",
            lambda first, day: (month(day) - month(first)) % interval == 0 and day.day == first.day,
        ),
        (
            f"FREQ=YEARLY;INTERVAL={interval}",
            lambda first, day: (
                (day.year - first.year) % interval == 0 and (day.month, day.day) == (first.month, first.day)
            ),
        ),
    ]
    return draw(st.sampled_from(rules))


def in_utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def naively(start: datetime, is_day: IsDay, zone: str) -> Iterator[datetime]:
    """Day after day on the clock of the zone, the first one counted in."""
    yield in_utc(start, zone)
    day = start.date()
    while True:
        day += DAY
        if is_day(start.date(), day):
            yield in_utc(datetime.combine(day, start.time()), zone)


def between(repetition: Repetition, start: datetime, begin: datetime, end: datetime) -> list[datetime]:
    return list(recurrence.starts(repetition, start, begin=begin, end=end))


@settings(deadline=None, max_examples=60)
@given(simple_rules(), STARTS, st.sampled_from(ZONES), st.integers(-400, 4000), st.integers(1, 400))
def test_an_expansion_equals_stepping_day_by_day(
    rule: tuple[str, IsDay], local: datetime, zone: str, after: int, days: int
) -> None:
    text, is_day = rule
    start = in_utc(local, zone)
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assume(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) == start)
    begin = start + timedelta(days=after)
    end = begin + timedelta(days=days)
    wanted = []
    for at in naively(local, is_day, zone):
        if at >= end + 2 * DAY:
            break
        if begin <= at < end:
            wanted.append(at)
    assert between(recurrence.read(text, start, zone), start, begin, end) == wanted


@settings(deadline=None, max_examples=60)
@given(simple_rules(), STARTS, st.sampled_from(ZONES), st.integers(1, 60))
def test_a_count_is_as_many_as_stepping_counts(rule: tuple[str, IsDay], local: datetime, zone: str, count: int) -> None:
    text, is_day = rule
    start = in_utc(local, zone)
    local = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assume(in_utc(local, zone) == start)
    counted = recurrence.read(f"{text};COUNT={count}", start, zone)
    horizon = start + timedelta(days=30_000)
    wanted: list[datetime] = []
    for at in naively(local, is_day, zone):
        if len(wanted) == count or at > horizon:
            break
        wanted.append(at)
    found: list[datetime] = []
    begin = start
    while begin < horizon and (counted.until is None or begin <= counted.until):
        found += between(counted, start, begin, begin + 400 * DAY)
        begin += 400 * DAY
    assert found[: len(wanted)] == wanted
    assert len(found) <= count


PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 400).map(str),
        "BYDAY": st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(",".join),
        "BYMONTHDAY": st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=3).map(
            lambda numbers: ",".join(map(str, numbers))
        ),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=3).map(lambda ns: ",".join(map(str, ns))),
        "BYWEEKNO": st.integers(-53, 53).filter(bool).map(str),
        "BYYEARDAY": st.integers(-366, 366).filter(bool).map(str),
        "BYSETPOS": st.integers(-5, 5).filter(bool).map(str),
        "COUNT": st.integers(1, 1000).map(str),
        "WKST": st.sampled_from(NAMES),
    },
)


def text_of(parts: dict[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in parts.items())


@settings(deadline=None, max_examples=60)
@given(PARTS, STARTS, st.sampled_from(ZONES), st.lists(st.integers(0, 800), min_size=3, max_size=5, unique=True))
def test_stretches_joined_give_what_the_whole_gives(
    parts: dict[str, str], local: datetime, zone: str, cuts: list[int]
) -> None:
    start = in_utc(local, zone)
    try:
        repetition = recurrence.read(text_of(parts), start, zone)
    except InvalidInput:
        return
    edges = [start + timedelta(days=cut, hours=cut) for cut in sorted(cuts)]
    whole = between(repetition, start, edges[0], edges[-1])
    pieces = [between(repetition, start, one, other) for one, other in pairwise(edges)]
    assert [at for piece in pieces for at in piece] == whole
    assert whole == sorted(set(whole)), "in order, each once"


@settings(deadline=None, max_examples=60)
@given(PARTS, STARTS, st.integers(0, 3000))
def test_what_comes_later_does_not_depend_on_where_one_looks_from(
    parts: dict[str, str], local: datetime, after: int
) -> None:
    """The stretch is reached at once, and yet holds what dateutil finds when it runs through all that came before."""
    parts.pop("COUNT", None)
    local = local.replace(microsecond=0)
    start = local.replace(tzinfo=UTC)
    try:
        repetition = recurrence.read(text_of(parts), start, "UTC")
    except InvalidInput:
        return
    by = {key: value for key, value in parts.items() if key not in {"FREQ", "INTERVAL", "WKST"}}
    assume("BYWEEKNO" not in by)  # dateutil takes all days of the week, RFC 5545 the one of the start
    begin = local + timedelta(days=after)
    end = begin + timedelta(days=366)
    rule = dateutil_rrule.rrulestr(f"{text_of(parts)};UNTIL={end:%Y%m%dT%H%M%S}", dtstart=local)
    wanted = [at for at in _all_of(rule) if begin <= at < end and at != local]
    found = between(repetition, start, begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC))
    assert [at.replace(tzinfo=None) for at in found if at != start] == wanted


def _all_of(rule: Any) -> list[datetime]:
    with _Counting(limit=10_000):
        try:
            return list(rule)
        except _TooMuch:
            assume(False)  # dateutil itself would run on to the year 9999
            raise


class _TooMuch(Exception):
    pass


class _Counting:
    """Counts the months and years that dateutil looks into."""

    def __init__(self, limit: int = 10**9) -> None:
        self.rebuilt, self._limit = 0, limit
        self._info: Any = vars(dateutil_rrule)["_iterinfo"]
        self._true = self._info.rebuild

    def __enter__(self) -> Self:
        def rebuild(info: Any, year: int, month: int) -> None:
            self.rebuilt += 1
            if self.rebuilt > self._limit:
                raise _TooMuch
            self._true(info, year, month)

        self._info.rebuild = rebuild
        return self

    def __exit__(self, *_: object) -> None:
        self._info.rebuild = self._true


NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1",
    "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=366",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=YEARLY;INTERVAL=1000;BYYEARDAY=366;BYMONTH=1",
]


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_comes_true_ends_soon(rule: str) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    repetition = recurrence.read(rule, start, "UTC")
    assert between(repetition, start, start, start + DAY) == [start], "the first start counts"
    with _Counting() as counting:
        assert between(repetition, start, start + 400 * DAY, start + 800 * DAY) == []
    assert counting.rebuilt <= 2 * 366 + 370, "no more days than the two years hold"
    with _Counting() as counting:
        assert recurrence.read(f"{rule};COUNT=1000", start, "UTC").until == start
    assert counting.rebuilt <= 101 * 366, "counting goes no further than a hundred years"


@settings(deadline=None, max_examples=60)
@given(PARTS, st.integers(0, 70_000))
def test_an_expansion_is_bounded_whatever_the_rule(parts: dict[str, str], after: int) -> None:
    start = datetime(1900, 1, 1, tzinfo=UTC)
    try:
        repetition = recurrence.read(text_of(parts), start, "UTC")
    except InvalidInput:
        return
    begin = start + timedelta(days=after)
    with _Counting() as counting:
        assert len(between(repetition, start, begin, begin + 400 * DAY)) <= 401
    assert counting.rebuilt <= 3 * 366 + 5


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("FREQ=SECONDLY", "daily"),
        ("FREQ=MINUTELY;INTERVAL=5", "daily"),
        ("FREQ=HOURLY", "daily"),
        ("FREQ=DAILY;BYSECOND=1,2,3", "daily"),
        ("FREQ=DAILY;BYHOUR=9,14", "daily"),
        ("FREQ=DAILY;COUNT=1001", "COUNT"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "RRULE"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "COUNT or UNTIL"),
        ("FREQ=DAILY;UNTIL=20260301", "before"),
        ("FREQ=DAILY;UNTIL=soon", "RRULE"),
        ("FREQ=DAILY;UNTIL=P1D", "UNTIL"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=-1", "RRULE"),
        ("RSCALE=CHINESE;FREQ=YEARLY", "not known"),
        ("FREQ=WEEKLY;BYDAY=2MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=54MO", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY"),
        ("FREQ=WEEKLY;WKST=1MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=XX", "RRULE"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
        ("FREQ=DAILY;FREQ=WEEKLY", "each once"),
        ("FREQ=DAILY,WEEKLY", "twice"),
        ("BYDAY=MO", "FREQ"),
        ("FREQ=", "RRULE"),
        ("every day", "parts"),
        ("FREQ=DAILY;" + "BYDAY=" + "MO," * 500 + "MO", "500"),
        ("FREQ=DAILY;X=\x00", "not known"),
        ("FREQ=WÖCHENTLICH", "500"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_a_reason(rule: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recurrence.read(rule, datetime(2026, 3, 2, tzinfo=UTC), "UTC")
    [fault] = refused.value.details
    assert fault.field == "recurrence"
    assert said in fault.message


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Asia", "a\x00b", "x" * 5000, "\ud800"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recurrence.read("FREQ=DAILY", datetime(2026, 3, 2, tzinfo=UTC), zone)
    assert [fault.field for fault in refused.value.details] == ["timezone"]


def test_nine_oclock_stays_nine_oclock_when_the_clocks_are_changed() -> None:
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 3, 6, 9, tzinfo=zone).astimezone(UTC)
    repetition = recurrence.read("FREQ=DAILY;COUNT=4", start, "America/New_York")
    found = between(repetition, start, start, start + 10 * DAY)
    assert [at.astimezone(zone).time() for at in found] == [time(9)] * 4
    assert [at.hour for at in found] == [14, 14, 13, 13]


def test_an_hour_that_is_left_out_or_comes_twice_is_there_once() -> None:
    start = datetime(2026, 3, 7, 2, 30, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    repetition = recurrence.read("FREQ=DAILY", start, "America/New_York")
    spring = between(repetition, start, start, start + 2 * DAY)
    assert [at.isoformat()[5:16] for at in spring] == ["03-07T07:30", "03-08T07:30", "03-09T06:30"]
    first = datetime(2026, 10, 31, 1, 30, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    autumn = between(recurrence.read("FREQ=DAILY", first, "America/New_York"), first, first, first + 3 * DAY)
    assert [at.isoformat()[5:16] for at in autumn] == ["10-31T05:30", "11-01T05:30", "11-02T06:30"]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260304", "2026-03-04T00:30"),
        ("20260304T003000Z", "2026-03-04T00:30"),
        ("20260304T002959Z", "2026-03-03T00:30"),
        ("20260304T093000", "2026-03-04T00:30"),
        ("20260304T092959", "2026-03-03T00:30"),
    ],
)
def test_until_counts_the_day_or_the_moment_it_names(until: str, last: str) -> None:
    start = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    repetition = recurrence.read(f"FREQ=DAILY;UNTIL={until}", start, "Asia/Seoul")
    assert between(repetition, start, start, start + 30 * DAY)[-1].isoformat()[:16] == last


def test_the_far_future_of_other_calendars_is_no_end() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    assert recurrence.read("FREQ=DAILY;UNTIL=99991231T235959Z", start, "UTC").until is None


def test_a_week_of_the_year_means_the_weekday_of_the_start() -> None:
    start = datetime(2026, 5, 13, 9, tzinfo=UTC)
    repetition = recurrence.read("FREQ=YEARLY;BYWEEKNO=20", start, "UTC")
    assert [f"{at:%m-%d %a}" for at in between(repetition, start, start, start + 800 * DAY)] == [
        "05-13 Wed",
        "05-19 Wed",
        "05-17 Wed",
    ]
