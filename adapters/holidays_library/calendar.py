"""Holidays of about 250 countries, without asking anybody."""

import asyncio
import warnings
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

import holidays
from holidays.constants import HOLIDAY_NAME_DELIMITER

from domain.holidays import Holiday

_one_at_a_time = Lock()
"""What is done about warnings concerns the whole process."""


class LibraryHolidays:
    """HolidayCalendar of every country there is in the library, in the country's own language.

    It knows feasts of the moon's calendar and days taken instead of those that fall on other days of rest.
    """

    def knows(self, country: str) -> bool:
        return country in _countries()

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        # The first look at a country reads its module and its language from disk.
        return await asyncio.to_thread(_reckon, country, year)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(holidays.list_supported_countries(include_aliases=False))


@lru_cache(maxsize=256)
def _reckon(country: str, year: int) -> tuple[Holiday, ...]:
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of years of which a country's module knows a part alone
        language = holidays.country_holidays(country).default_language
        found = holidays.country_holidays(country, years=year, language=language)
    return tuple(
        Holiday(day, name)
        for day in sorted(found)
        if day.year == year
        for name in found[day].split(HOLIDAY_NAME_DELIMITER)
    )
