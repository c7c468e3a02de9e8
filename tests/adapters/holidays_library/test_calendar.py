"""Holidays that are reckoned."""

from datetime import date

import pytest

from adapters.holidays_library.calendar import LibraryHolidays
from domain.holidays import Holiday


@pytest.mark.parametrize(
    ("year", "day", "name"),
    [
        (2025, date(2025, 1, 29), "설날"),
        (2026, date(2026, 2, 17), "설날"),
        (2027, date(2027, 2, 7), "설날"),
        (2025, date(2025, 10, 6), "추석"),
        (2026, date(2026, 9, 25), "추석"),
        (2026, date(2026, 5, 24), "부처님오신날"),
        (2026, date(2026, 8, 15), "광복절"),
    ],
)
async def test_feasts_of_the_moon_and_of_the_sun(year: int, day: date, name: str) -> None:
    assert Holiday(day, name) in await LibraryHolidays().year("KR", year)


@pytest.mark.parametrize("day", [date(2026, 3, 2), date(2026, 5, 25), date(2026, 8, 17), date(2026, 10, 5)])
async def test_days_in_the_place_of_those_that_fall_on_days_of_rest(day: date) -> None:
    [instead] = [found for found in await LibraryHolidays().year("KR", 2026) if found.date == day]
    assert "대체" in instead.name


async def test_two_holidays_on_one_day_are_two() -> None:
    both = [day.name for day in await LibraryHolidays().year("KR", 2025) if day.date == date(2025, 5, 5)]
    assert sorted(both) == ["부처님오신날", "어린이날"]


async def test_other_countries_in_their_own_language() -> None:
    calendar = LibraryHolidays()
    assert Holiday(date(2026, 1, 1), "元日") in await calendar.year("JP", 2026)
    assert Holiday(date(2026, 10, 3), "Tag der Deutschen Einheit") in await calendar.year("DE", 2026)
    assert Holiday(date(2026, 7, 4), "Independence Day") in await calendar.year("US", 2026)


@pytest.mark.parametrize("country", ["", "K", "KOR", "XX", "kr", "K R", "대한민국"])
def test_what_is_no_country_is_not_known(country: str) -> None:
    assert not LibraryHolidays().knows(country)


async def test_every_country_can_be_asked_for_any_year() -> None:
    calendar = LibraryHolidays()
    for country in ("KR", "JP", "US", "IR", "IN", "AQ", "VA"):
        assert calendar.knows(country)
        for year in (1900, 1948, 2026, 2100):
            assert all(day.date.year == year for day in await calendar.year(country, year))
