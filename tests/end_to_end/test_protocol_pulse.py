"""Reports through the whole product: asked for, made by a worker, kept, told, refused."""

import asyncio
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from domain.errors import Unavailable
from domain.pulse import Section
from domain.weeks import Week, due_at
from entrypoints.scheduler import doing, everything
from tests.builders import eventually
from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.openai_server import OpenAiServer, Refusal, Whole

REPORT = {
    "summary": "금요일에 배포한다",
    "sections": {section.value: f"text of {section.value}" for section in Section},
    "aiSuggestions": ["쉬세요"],
    "outline": {"goal": "빠른 배포", "mvp": ["로그인"]},
}


async def test_the_mock_reports_what_was_said(server: Server, ana: Person, ben: Person) -> None:
    room = await ana.open_room(ben, title="배포")
    path = f"/rooms/{room}/pulse-report"
    assert (await ana.call("GET", path)).status == 404
    async with await ben.connect(room) as socket:
        await socket.send(room, "배포는 금요일에 하기로 했습니다")
        made = await ana.post(path, {})
        told = await socket.expect("pulse.updated", roomId=room)
    assert set(made) >= {"summary", "sections", "aiSuggestions", "generatedAt"}
    assert set(made["sections"]) == {section.value for section in Section}
    assert "모의" in made["summary"]
    assert made["sections"]["people"] == "- Ben (1)"
    assert (told["reportId"], told["generatedAt"]) == (made["id"], made["generatedAt"])
    assert await ben.get(path) == made
    assert [one["id"] for one in await ben.get(f"{path}/history")] == [made["id"]]
    assert [one["id"] for one in (await ben.get("/insights"))["pulse"]] == [made["id"]]


async def test_a_model_reports_and_a_specification_follows(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai(JARVIS_MODEL_RETRIES=0)
    ana = await server.person("Ana")
    room = await ana.open_room(title="배포")
    path = f"/rooms/{room}/pulse-report"
    openai.script = [Whole("{}"), Whole(json.dumps(REPORT))]
    async with await ana.connect(room) as socket:
        await socket.send(room, "금요일에 배포합시다")
        made = await ana.post(path, {})
    assert (made["summary"], made["aiSuggestions"]) == ("금요일에 배포한다", ["쉬세요"])
    assert made["sections"] == REPORT["sections"]
    assert "금요일에 배포합시다" in openai.asked[0]["messages"][1]["content"]
    packet = await ana.get(f"{path}/spec")
    assert packet["scope"] == {"goal": "빠른 배포", "mvp": ["로그인"], "outOfScope": ["TBD"]}
    assert "scope.outOfScope[0]" in packet["unknown"]


async def test_a_model_that_fails_is_told_and_leaves_the_old_report(
    open_on_openai: OpenServer, openai: OpenAiServer
) -> None:
    server = await open_on_openai(JARVIS_MODEL_RETRIES=0)
    ana = await server.person("Ana")
    room = await ana.open_room(title="배포")
    path = f"/rooms/{room}/pulse-report"
    async with await ana.connect(room) as socket:
        await socket.send(room, "금요일에 배포합시다")
        openai.script = [Whole(json.dumps(REPORT))]
        made = await ana.post(path, {})
        for script, code in (
            ([Refusal(500)], "PULSE_UPSTREAM_ERROR"),
            ([Refusal(401)], "PULSE_UPSTREAM_ERROR"),
            ([Whole("{}"), Whole("no JSON")], "PULSE_BAD_JSON"),
        ):
            openai.script = list(script)
            refused = await ana.call("POST", path, {})
            assert (refused.status, refused.error) == (502, code)
            assert openai.script == []
        failed = await socket.expect("job.updated", kind="pulse", status="failed")
    assert failed["error"] == "PULSE_UPSTREAM_ERROR"
    assert await ana.get(path) == made
    assert len(await ana.get(f"{path}/history")) == 1


async def test_outsiders_are_refused(ana: Person, ben: Person) -> None:
    room = await ana.open_room()
    for method in ("GET", "POST"):
        refused = await ben.call(method, f"/rooms/{room}/pulse-report")
        assert (refused.status, refused.error) == (403, "FORBIDDEN")


async def test_each_week_the_room_is_told_what_was_found_and_its_report_is_renewed_once(
    server: Server, ana: Person, ben: Person
) -> None:
    room = await ana.open_room(ben, title="배포")
    async with await ben.connect(room) as socket:
        said = await socket.send(room, "제가 내일까지 보고서를 쓸게요")
    ledger, gleaning = server.product.ledger(), server.product.gleaning()
    server.clock.advance(seconds=_until_due(server.clock.now()))
    async with await ben.connect(room) as socket:
        await asyncio.gather(*(renew() for renew in (gleaning.renew, ledger.pulse.renew) * 3))
        found = await socket.expect("task.added", sourceMessageId=said["id"])
        told = await socket.expect("pulse.updated", roomId=room)
        await asyncio.gather(*(renew() for renew in (gleaning.renew, ledger.pulse.renew) * 3))
        await socket.settled()
    assert (found.seq, found["origin"], found["createdBy"], found["ownerId"]) == (2, "found", None, ben.id)
    assert found["title"] == "제가 내일까지 보고서를 쓸게요"
    assert [one["id"] for one in await ana.get(f"/rooms/{room}/tasks")] == [found["id"]]
    assert [one["id"] for one in await ana.get(f"/rooms/{room}/pulse-report/history")] == [told["reportId"]]
    assert len(await ana.history(room)) == 1


async def test_the_scheduler_has_the_report_made_of_what_the_week_brought(server: Server, ana: Person) -> None:
    room = await ana.open_room(title="배포")
    async with await ana.connect(room) as socket:
        await socket.send(room, "로그인 오류가 계속 납니다")
        await socket.send(room, "제가 내일까지 보고서를 쓸게요")
        server.clock.advance(seconds=_until_due(server.clock.now()))
        for periodic in everything(server.product):
            if "week" in periodic.what:
                await periodic.action()
        found = await socket.expect("task.added")
        card = await socket.expect("card.added")
        await socket.expect("pulse.updated", roomId=room)
    report = await ana.get(f"/rooms/{room}/pulse-report")
    assert {found.seq, card.seq} == {3, 4}
    assert report["coverage"]["untilSeq"] == 4
    assert "(open task)" in report["sections"]["actionItems"]


@pytest.mark.parametrize("failing", [["gleaning"], ["gleaning", "pulse"]])
async def test_what_cannot_be_asked_for_keeps_nothing_else_of_the_week_from_being_made(
    server: Server, ana: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failing: list[str]
) -> None:
    async def lead() -> bool:
        return True

    async def unavailable() -> None:
        raise Unavailable

    weekly = {"gleaning": server.product.gleaning(), "pulse": server.product.ledger().pulse}
    for name in failing:
        monkeypatch.setattr(weekly[name], "renew", unavailable)
    room = await ana.open_room(title="배포")
    async with await ana.connect(room) as socket:
        await socket.send(room, "로그인 오류가 계속 납니다")
        server.clock.advance(seconds=_until_due(server.clock.now()))
        async with doing(server.product, lead):
            await socket.expect("card.added")
            if "pulse" not in failing:
                await socket.expect("pulse.updated", roomId=room)
            warned = "having made what is made each week was not possible: SERVICE_UNAVAILABLE"
            await eventually(lambda: [record.getMessage() for record in caplog.records].count(warned) == len(failing))
        assert not socket.told("task.added")


def _until_due(now: datetime) -> float:
    """Seconds until the next Monday 09:00 in Seoul."""
    return (due_at(Week.of(now), ZoneInfo("Asia/Seoul")) - now).total_seconds() + 1
