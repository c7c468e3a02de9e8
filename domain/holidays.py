"""Public holidays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

KOREA = "KR"
FIRST_YEAR, LAST_YEAR = 1900, 2100
HOLIDAY_KIND = "01"
"""What the Korean service calls days of rest, beside commemorations and the seasons of the year."""


class HolidaySource(Enum):
    """Who says so: the Korean public-data service, or the library that reckons them."""

    SERVICE = "data.go.kr"
    LIBRARY = "holidays"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of rest; ``is_holiday`` and ``kind`` as the Korean service says them."""

    date: date
    name: str
    is_holiday: bool = True
    kind: str = HOLIDAY_KIND


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """The holidays of a country in a year, by date, and when its source was asked."""

    country: str
    year: int
    source: HolidaySource
    days: tuple[Holiday, ...]
    asked_at: datetime

    def in_month(self, month: int | None) -> "HolidayYear":
        """The same with the days of one month alone; all of them without a month."""
        if month is None:
            return self
        return replace(self, days=tuple(day for day in self.days if day.date.month == month))


def by_date(days: Sequence[Holiday]) -> tuple[Holiday, ...]:
    """The days in order, what is said twice once."""
    return tuple(dict.fromkeys(sorted(days, key=lambda day: day.date)))
