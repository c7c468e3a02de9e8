"""Holidays through the whole product, with the Korean service there, broken, and absent."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer
from tests.vendors.holiday_service import ENCODED_KEY, UNKNOWN_KEY, HolidayService, item, xml


@pytest.fixture
async def service() -> AsyncIterator[HolidayService]:
    service = HolidayService()
    service.years["2026"] = [item(20260101, "1월1일"), item(20260603, "임시공휴일")]
    async with service.serving():
        yield service


async def open_with(open_server: OpenServer, service: HolidayService, **settings: object) -> Person:
    server = await open_server(HOLIDAY_API_KEY=ENCODED_KEY, HOLIDAY_BASE_URL=service.url, **settings)
    return await server.person("Ana")


async def test_the_service_says_when_people_rest_and_is_asked_once(
    open_server: OpenServer, service: HolidayService
) -> None:
    ana = await open_with(open_server, service)
    first = {"date": "2026-01-01", "name": "1월1일", "isHoliday": True, "dateKind": "01", "source": "data.go.kr"}
    second = {**first, "date": "2026-06-03", "name": "임시공휴일"}
    assert await ana.get("/holidays?year=2026") == [first, second]
    assert await ana.get("/holidays?year=2026&month=06&country=kr") == [second]
    assert len(service.asked) == 1


async def test_its_faults_are_nobodys_trouble_and_in_the_end_it_is_left_alone(
    open_server: OpenServer, service: HolidayService
) -> None:
    ana = await open_with(open_server, service, JARVIS_VENDOR_FAILURES=3)
    for fault in (lambda: xml(UNKNOWN_KEY), lambda: web.Response(status=500), lambda: web.Response(text="{")):
        service.instead = fault
        days = await ana.get("/holidays?year=2026&month=9")
        assert [(day["date"], day["name"], day["source"]) for day in days] == [
            ("2026-09-24", "추석 전날", "holidays"),
            ("2026-09-25", "추석", "holidays"),
            ("2026-09-26", "추석 다음날", "holidays"),
        ]
    service.instead = None
    assert await ana.get("/holidays?year=2026&month=6") != []
    assert len(service.asked) == 3


async def test_a_service_that_does_not_answer_is_cut_off(open_server: OpenServer, service: HolidayService) -> None:
    service.silent = True
    ana = await open_with(open_server, service, JARVIS_VENDOR_SECONDS=0.05)
    assert {day["source"] for day in await ana.get("/holidays?year=2026")} == {"holidays"}
    assert len(service.asked) == 1


async def test_no_key_is_needed(ana: Person) -> None:
    days = await ana.get("/holidays?year=2026")
    assert {"date", "name", "isHoliday", "dateKind", "source"} == set(days[0])
    assert ("2026-08-17", "광복절 대체 휴일") in [(day["date"], day["name"]) for day in days]
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)
    assert "元日" in [day["name"] for day in await ana.get("/holidays?year=2026&country=JP")]
    assert await ana.get("/holidays?year=1900") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "year"),
        ("year=", "year"),
        ("year=1899", "year"),
        ("year=2101", "year"),
        ("year=abc", "year"),
        ("year=" + "9" * 5000, "year"),
        ("year=2026&month=0", "month"),
        ("year=2026&month=13", "month"),
        ("year=2026&month=June", "month"),
        ("year=2026&country=XX", "country"),
        ("year=2026&country=%00", "country"),
    ],
)
async def test_bad_questions_are_refused(ana: Person, query: str, field: str) -> None:
    refused = await ana.call("GET", f"/holidays?{query}")
    assert (refused.status, refused.error) == (400, "VALIDATION_FAILED")
    assert [fault["field"] for fault in refused.body["details"]] == [field]


async def test_a_token_is_asked_for(ana: Person) -> None:
    async with ana.session.get(f"{ana.url}/holidays?year=2026") as response:
        assert response.status == 401
