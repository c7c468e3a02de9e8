"""Who knows public holidays."""

from collections.abc import Sequence
from typing import Protocol

from domain.holidays import Holiday


class HolidayCalendar(Protocol):
    """Says which days of a year are holidays in a country (its ISO 3166 code of two letters)."""

    def knows(self, country: str) -> bool:
        """Whether it can say anything of this country."""

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        """The holidays of the year; none where it does not know the year. Raises HolidaysUnavailable, and
        HolidaysNotConfigured where it must be set up first."""
