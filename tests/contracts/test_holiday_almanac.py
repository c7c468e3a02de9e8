"""Holidays that were asked for, as every store keeps them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from adapters.memory.holiday_almanac import InMemoryHolidayAlmanac
from adapters.postgres.database import PostgresDatabase
from adapters.postgres.holiday_almanac import PostgresHolidayAlmanac
from application.ports.holiday_almanac import HolidayAlmanac
from domain.holidays import Holiday, HolidaySource, HolidayYear
from tests.builders import START

KNOWN = HolidayYear(
    "KR",
    2026,
    HolidaySource.SERVICE,
    (Holiday(date(2026, 1, 1), '"1월1일"\n'), Holiday(date(2026, 7, 17), "제헌절", False, "02")),
    START,
)


@pytest.fixture
def memory_almanac() -> HolidayAlmanac:
    return InMemoryHolidayAlmanac()


@pytest.fixture
async def postgres_almanac(postgres_database: PostgresDatabase) -> HolidayAlmanac:
    return PostgresHolidayAlmanac(postgres_database)


@pytest.fixture(params=["memory", "postgres"])
def almanac(request: pytest.FixtureRequest) -> HolidayAlmanac:
    chosen: HolidayAlmanac = request.getfixturevalue(f"{request.param}_almanac")
    return chosen


async def test_a_year_comes_back_as_it_was_kept(almanac: HolidayAlmanac) -> None:
    assert await almanac.find("KR", 2026) is None
    await almanac.keep(KNOWN)
    assert await almanac.find("KR", 2026) == KNOWN
    for country, year in (("KR", 2027), ("JP", 2026), ("kr", 2026)):
        assert await almanac.find(country, year) is None


async def test_that_nothing_is_known_of_a_year_is_kept_as_well(almanac: HolidayAlmanac) -> None:
    nothing = replace(KNOWN, days=())
    await almanac.keep(nothing)
    assert await almanac.find("KR", 2026) == nothing


async def test_the_newest_answer_stays_in_whichever_order_they_are_kept(almanac: HolidayAlmanac) -> None:
    newer = replace(KNOWN, days=KNOWN.days[:1], asked_at=START + timedelta(hours=1))
    await almanac.keep(KNOWN)
    await almanac.keep(newer)
    await almanac.keep(KNOWN)
    assert await almanac.find("KR", 2026) == newer
