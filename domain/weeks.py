"""Weeks: they start on Mondays at 00:00 UTC, wherever one is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Self

from domain.dates import time_of
from domain.knowledge_errors import BadWeekStart

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 30)
"""Two Mondays: the first and the last week that can be named."""

WEEKLY_AT = time(9)
"""When on Mondays, by the clocks of the place, what is made weekly is made for the week before."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Seven days, named by their Monday."""

    monday: date

    def __post_init__(self) -> None:
        if self.monday.weekday():
            raise ValueError(f"{self.monday} is no Monday")

    @classmethod
    def of(cls, at: datetime) -> Self:
        """The week in which a time lies."""
        return cls.with_day(at.astimezone(UTC).date())

    @classmethod
    def with_day(cls, day: date) -> Self:
        """The week that has this day in it."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.monday, time(), UTC)

    @property
    def until(self) -> datetime:
        """The first moment that is no longer in it."""
        return self.since + _WEEK

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until

    @property
    def next(self) -> Self:
        return type(self)(self.monday + _WEEK)

    @property
    def previous(self) -> Self:
        return type(self)(self.monday - _WEEK)


def week_named(text: str) -> Week:
    """The week of any date in it, or of any time; one without an offset is in UTC.

    Raises:
        BadWeekStart: it is no date such as ``2026-02-16`` and no time, or of no week from 1900 to 2199.
    """
    try:
        at = time_of(text.strip())
        day = at.astimezone(UTC).date() if at.tzinfo is not None else at.date()
    except (ValueError, OverflowError):
        raise BadWeekStart from None
    if not EARLIEST <= day < LATEST + _WEEK:
        raise BadWeekStart
    return Week.with_day(day)


def due_at(week: Week, zone: tzinfo) -> datetime:
    """When what is made weekly is made for this week: on the Monday after it at 09:00 in ``zone``.

    Where that is before its end, as it is east of UTC+9, at its end: nothing said in it is left out.
    """
    return max(datetime.combine(week.next.monday, WEEKLY_AT, zone).astimezone(UTC), week.until)


def due_week(now: datetime, zone: tzinfo) -> Week:
    """The newest week for which what is made weekly is due by now."""
    week = Week.of(now).previous
    return week if due_at(week, zone) <= now else week.previous
