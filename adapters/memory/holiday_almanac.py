"""Holidays that were asked for."""

from domain.holidays import HolidayYear


class InMemoryHolidayAlmanac:
    """Answers by country and year."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], HolidayYear] = {}

    async def find(self, country: str, year: int) -> HolidayYear | None:
        return self._known.get((country, year))

    async def keep(self, known: HolidayYear) -> None:
        kept = self._known.get((known.country, known.year))
        if kept is None or kept.asked_at <= known.asked_at:
            self._known[known.country, known.year] = known
