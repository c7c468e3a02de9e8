"""Calendar events over REST, as tests make and read them."""

from typing import Any

from tests.adapters.http.house import Answer, House

NOBODY = "00000000-0000-0000-0000-000000000000"
NOON = {"title": "점심", "start": "2026-03-02T12:00:00+09:00", "end": "2026-03-02T13:00:00+09:00"}


async def created(house: House, token: str, **fields: object) -> dict[str, Any]:
    answer = await house.call("POST", "/calendar/events", by=token, json=NOON | fields)
    assert answer.status == 200, answer.json
    event: dict[str, Any] = answer.json
    return event


async def listed(house: House, token: str, query: str = "") -> list[dict[str, Any]]:
    answer = await house.call("GET", f"/calendar/events{query}", by=token)
    assert answer.status == 200, answer.json
    events: list[dict[str, Any]] = answer.json
    return events


def faults(answer: Answer) -> set[str]:
    assert answer.outcome == (400, "VALIDATION_FAILED")
    return {detail["field"] for detail in answer.json["details"]}
