"""Who is asked for holidays, and when."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from adapters.memory.holiday_almanac import InMemoryHolidayAlmanac
from application.holidays import Holidays
from domain.errors import HolidaysNotConfigured, HolidaysUnavailable, InvalidInput
from domain.holidays import Holiday, HolidaySource
from tests.builders import FakeClock, eventually

GIVEN = (Holiday(date(2026, 3, 2), "임시공휴일"), Holiday(date(2026, 1, 1), "1월1일"))
RECKONED = (Holiday(date(2026, 1, 1), "신정연휴"),)
DAY = 86_400.0


class Calendar:
    """Knows what it is told to know, and counts how often it was asked."""

    def __init__(self, days: Sequence[Holiday], *countries: str) -> None:
        self.days = days
        self.fault: Exception | None = None
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self._countries = countries

    def knows(self, country: str) -> bool:
        return country in self._countries

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        self.asked += 1
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        return [day for day in self.days if day.date.year == year]


class House:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.service, self.library = Calendar(GIVEN, "KR"), Calendar(RECKONED, "KR", "JP")
        self.almanac = InMemoryHolidayAlmanac()
        self.holidays = Holidays(self.service, self.library, self.almanac, self.clock, timedelta(days=1))

    async def names(self, year: int = 2026, month: int | None = None, country: str = "KR") -> list[str]:
        return [day.name for day in (await self.holidays.listed(year, month, country)).days]

    async def source(self, year: int = 2026, country: str = "KR") -> HolidaySource:
        return (await self.holidays.listed(year, country=country)).source


@pytest.fixture
def house() -> House:
    return House()


async def test_the_service_is_asked_once_a_day_and_its_answer_kept(house: House) -> None:
    assert await house.names() == ["1월1일", "임시공휴일"]
    house.service.days = GIVEN[:1]
    house.clock.advance(DAY - 1)
    assert await house.names() == ["1월1일", "임시공휴일"]
    assert house.service.asked == 1
    house.clock.advance(1)
    assert await house.names() == ["임시공휴일"]
    assert (house.service.asked, house.library.asked) == (2, 0)


async def test_a_month_is_cut_from_the_year(house: House) -> None:
    assert await house.names(month=3) == ["임시공휴일"]
    assert await house.names(month=1) == ["1월1일"]
    assert await house.names(month=2) == []
    assert house.service.asked == 1


@pytest.mark.parametrize("fault", [HolidaysUnavailable(), HolidaysNotConfigured()])
async def test_without_the_service_they_are_reckoned(house: House, fault: Exception) -> None:
    house.service.fault = fault
    assert (await house.names(), await house.source()) == (["신정연휴"], HolidaySource.LIBRARY)
    house.service.fault = None
    assert (await house.names(), await house.source()) == (["1월1일", "임시공휴일"], HolidaySource.SERVICE)


async def test_what_was_kept_is_better_than_what_is_reckoned_however_old_it_is(house: House) -> None:
    await house.names()
    house.service.fault = HolidaysUnavailable()
    house.clock.advance(400 * DAY)
    assert (await house.names(), await house.source()) == (["1월1일", "임시공휴일"], HolidaySource.SERVICE)


async def test_a_year_the_service_has_nothing_of_is_reckoned_and_it_is_not_asked_again(house: House) -> None:
    house.library.days = [Holiday(date(2090, 1, 1), "신정연휴")]
    for _ in range(3):
        assert (await house.names(2090), await house.source(2090)) == (["신정연휴"], HolidaySource.LIBRARY)
    assert house.service.asked == 1


async def test_other_countries_are_reckoned_and_the_service_is_not_asked(house: House) -> None:
    assert await house.source(country="jp ") is HolidaySource.LIBRARY
    assert house.service.asked == 0


async def test_many_who_ask_at_the_same_time_ask_once(house: House) -> None:
    house.service.gate.clear()
    asking = [asyncio.ensure_future(house.names()) for _ in range(20)]
    await eventually(lambda: house.service.asked == 1)
    asking[0].cancel()
    house.service.gate.set()
    assert await asyncio.gather(*asking[1:]) == [["1월1일", "임시공휴일"]] * 19
    assert house.service.asked == 1


@pytest.mark.parametrize(
    ("year", "month", "country", "fields"),
    [
        (1899, None, "KR", ["year"]),
        (2101, None, "KR", ["year"]),
        (2026, 0, "KR", ["month"]),
        (2026, 13, "KR", ["month"]),
        (2026, None, "XX", ["country"]),
        (2026, None, "", ["country"]),
        (-1, 99, "Korea", ["year", "month", "country"]),
    ],
)
async def test_what_is_asked_is_checked_first(
    house: House, year: int, month: int | None, country: str, fields: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await house.holidays.listed(year, month, country)
    assert [fault.field for fault in refused.value.details] == fields
    assert (house.service.asked, house.library.asked) == (0, 0)
