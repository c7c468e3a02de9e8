"""Weeks: every moment lies in one, and each is due once its Monday morning has come."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.knowledge_errors import BadWeekStart
from domain.weeks import EARLIEST, LATEST, Week, due_at, due_week, week_named

SEOUL, NEW_YORK, AUCKLAND = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")
MONDAY = date(2026, 2, 16)
DAYS = st.dates(date(1901, 1, 1), date(2199, 1, 1))
MOMENTS = st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1), timezones=st.timezones())  # noqa: DTZ001
ZONES = st.one_of(st.timezones(), st.sampled_from([SEOUL, NEW_YORK, AUCKLAND]))
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS)
def test_every_moment_lies_in_its_week_alone(at: datetime) -> None:
    week = Week.of(at)
    assert at in week
    assert at not in week.previous
    assert at not in week.next


@given(DAYS)
def test_a_week_begins_on_a_monday_at_midnight_and_lasts_seven_days(day: date) -> None:
    week = Week.with_day(day)
    assert (week.since.weekday(), week.since.utcoffset()) == (0, timedelta())
    assert week.since.time().isoformat() == "00:00:00"
    assert timedelta() <= day - week.monday < timedelta(days=7)
    assert week.until == week.next.since
    assert week.next.previous == week == week.previous.next
    assert week.previous < week < week.next


@given(DAYS, OFFSETS)
def test_any_date_or_time_names_the_week_in_which_it_lies(day: date, zone: timezone) -> None:
    assert week_named(day.isoformat()) == Week.with_day(day)
    at = datetime(day.year, day.month, day.day, 12, 30, tzinfo=zone)
    assert week_named(at.isoformat()) == Week.of(at)
    assert week_named(at.replace(tzinfo=None).isoformat()) == Week.with_day(day)


@given(st.text(max_size=30))
def test_what_names_no_week_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        week = week_named(text)
    except BadWeekStart:
        return
    assert EARLIEST <= week.monday <= LATEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-02-30",
        "2026-13-01",
        "2026-02",
        "2026-W08",
        "2026-W08-1",
        "2026W081",
        "20260216",
        "2026-02-16x09:00",
        "2026-W08-1T09:00",
        "16.02.2026",
        "2026-02-16T25:00:00Z",
        "1771200000000",
        "0001-01-01",
        "0001-01-01T00:00:00+23:00",
        "9999-12-31T23:59:59-23:00",
        "1899-12-31",
        "2200-01-06",
    ],
)
def test_these_are_no_weeks(text: str) -> None:
    with pytest.raises(BadWeekStart):
        week_named(text)


@pytest.mark.parametrize(
    "text",
    ["2026-02-16", " 2026-02-22 ", "2026-02-16T00:00:00.000Z", "2026-02-22T23:59:59.999Z", "2026-02-23T08:59:59+09:00"],
)
def test_these_are_of_the_same_week(text: str) -> None:
    assert week_named(text) == Week(MONDAY)


def test_the_first_and_the_last_that_can_be_named() -> None:
    assert week_named("1900-01-01") == Week(EARLIEST)
    assert week_named("2200-01-05") == Week(LATEST)


def test_a_week_is_named_by_no_other_day() -> None:
    with pytest.raises(ValueError, match="no Monday"):
        Week(date(2026, 2, 17))


@given(MOMENTS, ZONES)
def test_what_is_due_is_over_and_the_next_is_not_due_yet(now: datetime, zone: ZoneInfo) -> None:
    week = due_week(now, zone)
    assert week.until <= due_at(week, zone) <= now < due_at(week.next, zone)


@given(DAYS, ZONES)
def test_it_is_due_on_monday_at_nine_by_the_clocks_of_the_place_or_where_that_is_too_early_at_its_end(
    day: date, zone: ZoneInfo
) -> None:
    week = Week.with_day(day)
    due = due_at(week, zone)
    local = due.astimezone(zone)
    if due != week.until:
        assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
    else:
        assert (local.date(), local.hour >= 9) == (week.next.monday, True)


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        (SEOUL, "2026-02-23T00:00:00+00:00"),
        (UTC, "2026-02-23T09:00:00+00:00"),
        (NEW_YORK, "2026-02-23T14:00:00+00:00"),
        (AUCKLAND, "2026-02-23T00:00:00+00:00"),
    ],
)
def test_when_a_week_is_due(zone: ZoneInfo, due: str) -> None:
    assert due_at(Week(MONDAY), zone) == datetime.fromisoformat(due)
