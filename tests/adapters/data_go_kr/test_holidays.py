"""The Korean service, with its oddities."""

import logging
from collections.abc import AsyncIterator, Callable
from datetime import date

import pytest
from aiohttp import web

from adapters.data_go_kr.holidays import DataGoKrHolidays
from domain.errors import HolidaysNotConfigured, HolidaysUnavailable
from domain.holidays import Holiday
from tests.vendors import holiday_service
from tests.vendors.holiday_service import ENCODED_KEY, PLAIN_KEY, HolidayService, item, listed, refused, xml


@pytest.fixture
async def service() -> AsyncIterator[HolidayService]:
    service = HolidayService()
    service.years["2026"] = [
        item(20260101, "1월1일"),
        item(20260216, "설날"),
        item(20260717, "제헌절", "N", "02"),
    ]
    async with service.serving():
        yield service


@pytest.mark.parametrize("key", [PLAIN_KEY, ENCODED_KEY], ids=["plain", "encoded"])
async def test_a_year_as_the_service_says_it_whichever_way_the_key_is_written(
    service: HolidayService, key: str
) -> None:
    assert await DataGoKrHolidays(service.url + "/", key).year("KR", 2026) == [
        Holiday(date(2026, 1, 1), "1월1일", True, "01"),
        Holiday(date(2026, 2, 16), "설날", True, "01"),
        Holiday(date(2026, 7, 17), "제헌절", False, "02"),
    ]
    [asked] = service.asked
    assert (asked.query["solYear"], asked.query["numOfRows"]) == ("2026", "100")


async def test_one_item_comes_as_an_object_and_none_as_an_empty_text(service: HolidayService) -> None:
    service.years["2027"] = [item(20270101, "1월1일")]
    calendar = DataGoKrHolidays(service.url, PLAIN_KEY)
    assert await calendar.year("KR", 2027) == [Holiday(date(2027, 1, 1), "1월1일")]
    assert await calendar.year("KR", 2099) == []


async def test_a_long_year_comes_in_pages(service: HolidayService) -> None:
    service.years["2030"] = [item(20300100 + day, f"day {day}") for day in range(1, 26)]
    service.rows = 10
    days = await DataGoKrHolidays(service.url, PLAIN_KEY).year("KR", 2030)
    assert [day.name for day in days] == [f"day {day}" for day in range(1, 26)]
    assert len(service.asked) == 3


async def test_numbers_and_texts_are_taken_in_each_others_place(service: HolidayService) -> None:
    odd = {"dateKind": 1, "dateName": " 설날 ", "locdate": "20260216"}
    service.instead = lambda: web.json_response(listed([odd]))
    assert await DataGoKrHolidays(service.url, PLAIN_KEY).year("KR", 2026) == [
        Holiday(date(2026, 2, 16), "설날", True, "1")
    ]


async def test_no_data_is_no_fault(service: HolidayService) -> None:
    service.instead = lambda: web.json_response(refused("03"))
    assert await DataGoKrHolidays(service.url, PLAIN_KEY).year("KR", 2026) == []


@pytest.mark.parametrize(
    "fault",
    [
        lambda: xml(holiday_service.UNKNOWN_KEY),
        lambda: xml(holiday_service.TOO_MANY),
        lambda: xml(holiday_service.XML_WITH_A_HEADER),
        lambda: xml("<html><body>점검 중입니다</body></html>"),
        lambda: web.json_response(refused("22")),
        lambda: web.json_response({"response": {}}),
        lambda: web.json_response([]),
        lambda: web.json_response(listed([item(20269999, "no such day")])),
        lambda: web.json_response(listed([{"dateName": "no day"}])),
        lambda: web.Response(text=""),
        lambda: web.Response(text="{"),
        lambda: web.Response(body=b"\xff\xfe\x00"),
        lambda: web.Response(text="Unauthorized", status=401),
        lambda: web.Response(text="Unexpected errors", status=500),
        lambda: web.Response(text="API rate limit exceeded", status=429),
        lambda: web.Response(body=b" " * 2_000_000),
    ],
)
async def test_its_faults_are_faults_whatever_status_they_come_with(
    service: HolidayService, fault: Callable[[], web.Response]
) -> None:
    service.instead = fault
    with pytest.raises(HolidaysUnavailable):
        await DataGoKrHolidays(service.url, PLAIN_KEY).year("KR", 2026)


async def test_who_does_not_answer_is_unavailable(service: HolidayService) -> None:
    service.silent = True
    with pytest.raises(HolidaysUnavailable):
        await DataGoKrHolidays(service.url, PLAIN_KEY, seconds=0.05).year("KR", 2026)
    with pytest.raises(HolidaysUnavailable):
        await DataGoKrHolidays("http://127.0.0.1:1", PLAIN_KEY).year("KR", 2026)


async def test_without_a_key_nobody_is_asked(service: HolidayService) -> None:
    for key in (None, ""):
        with pytest.raises(HolidaysNotConfigured):
            await DataGoKrHolidays(service.url, key).year("KR", 2026)
    assert service.asked == []


async def test_the_key_is_not_written_down(service: HolidayService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service.instead = lambda: xml(holiday_service.UNKNOWN_KEY)
    with pytest.raises(HolidaysUnavailable) as refusal:
        await DataGoKrHolidays(service.url, PLAIN_KEY).year("KR", 2026)
    for key in (PLAIN_KEY, ENCODED_KEY):
        assert key not in caplog.text + repr(refusal.value)
    assert "reason 30" in caplog.text
