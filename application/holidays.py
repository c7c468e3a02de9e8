"""Public holidays of Korea and of other countries."""

from datetime import timedelta

from application.once import Once
from application.ports.clock import Clock
from application.ports.holiday_almanac import HolidayAlmanac
from application.ports.holiday_calendar import HolidayCalendar
from domain.errors import Fault, HolidaysNotConfigured, HolidaysUnavailable, InvalidInput
from domain.holidays import FIRST_YEAR, KOREA, LAST_YEAR, HolidaySource, HolidayYear, by_date


class Holidays:
    """Says when people rest.

    The ``service`` is asked first where it knows the country, and its answer kept: days that a government adds are
    known to it alone. The ``library`` knows every country, and is there when the service is not.
    """

    def __init__(
        self,
        service: HolidayCalendar,
        library: HolidayCalendar,
        almanac: HolidayAlmanac,
        clock: Clock,
        good_for: timedelta = timedelta(days=1),
    ) -> None:
        self._service = service
        self._library = library
        self._almanac = almanac
        self._clock = clock
        self._good_for = good_for
        self._once: Once[HolidayYear | None] = Once()

    async def listed(self, year: int, month: int | None = None, country: str = KOREA) -> HolidayYear:
        """The holidays of a year or of one of its months; ``country`` by its code of two letters, in any case.

        Raises:
            InvalidInput: there is no such month or country, or the year is not within 1900 to 2100.
        """
        country = country.strip().upper()
        faults = []
        if not FIRST_YEAR <= year <= LAST_YEAR:
            faults.append(Fault("year", f"must be {FIRST_YEAR} to {LAST_YEAR}"))
        if month is not None and not 1 <= month <= 12:
            faults.append(Fault("month", "must be 1 to 12"))
        if not self._library.knows(country):
            faults.append(Fault("country", "must be the two letters of a country, as in KR"))
        if faults:
            raise InvalidInput(details=faults)
        known = await self._known(country, year) or await self._reckoned(country, year)
        return known.in_month(month)

    async def _known(self, country: str, year: int) -> HolidayYear | None:
        """What the service says or has said, or None."""
        if not self._service.knows(country):
            return None
        kept = await self._almanac.find(country, year)
        if kept is None or self._clock.now() - kept.asked_at >= self._good_for:
            kept = await self._once.get(f"{country} {year}", lambda: self._asked(country, year)) or kept
        # A year that it has nothing of is one that it does not know.
        return kept if kept is not None and kept.days else None

    async def _asked(self, country: str, year: int) -> HolidayYear | None:
        try:
            days = by_date(await self._service.year(country, year))
        except (HolidaysUnavailable, HolidaysNotConfigured):
            return None
        known = HolidayYear(country, year, HolidaySource.SERVICE, days, self._clock.now())
        await self._almanac.keep(known)
        return known

    async def _reckoned(self, country: str, year: int) -> HolidayYear:
        days = by_date(await self._library.year(country, year))
        return HolidayYear(country, year, HolidaySource.LIBRARY, days, self._clock.now())
