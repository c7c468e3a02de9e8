"""Holidays that were asked for, as they are kept."""

from typing import Protocol

from domain.holidays import HolidayYear


class HolidayAlmanac(Protocol):
    """The newest answer for each country and year."""

    async def find(self, country: str, year: int) -> HolidayYear | None:
        """What was kept, or None."""

    async def keep(self, known: HolidayYear) -> None:
        """Keep it in the place of what was there; an answer that is older than that is dropped."""
