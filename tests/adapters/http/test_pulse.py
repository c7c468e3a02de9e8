"""Reports, specifications and insights over HTTP."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest

from domain.ids import PulseReportId, RoomId
from domain.pulse import Entity, Outline, PulseDraft, PulseReport, Section
from domain.users import User
from tests.adapters.http.house import House

FILES = ["PRD.md", "UX_FLOW.md", "API_SPEC.md", "DB_SCHEMA.md", "DECISIONS.md"]
NOWHERE = "019c0000-0000-7000-8000-000000000000"


@pytest.fixture
async def ana(house: House) -> tuple[str, User]:
    return await house.person("ana")


@pytest.fixture
async def room(house: House, ana: tuple[str, User]) -> RoomId:
    return await house.room(ana[1], title="Launch")


async def keep(house: House, room: RoomId, summary: str = "All is well") -> PulseReport:
    draft = PulseDraft(
        summary, {Section.PEOPLE: "Ana"}, ("Rest",), Outline(goal="Ship", entities=(Entity("Post", ("a|b", "# c")),))
    )
    report = PulseReport(PulseReportId(house.ids.new()), room, house.clock.now(), 3, draft)
    async with house.work() as work:
        await work.pulse_reports.add(report, keep=9)
    return report


async def test_a_report_has_the_shape_of_the_contract(house: House, ana: tuple[str, User], room: RoomId) -> None:
    path = f"/rooms/{room}/pulse-report"
    for missing in (path, f"{path}/spec", f"{path}/spec.zip", f"{path}/spec/PRD.md", f"{path}/history/{NOWHERE}"):
        assert (await house.call("GET", missing, by=ana[0])).outcome == (404, "NOT_FOUND")
    assert (await house.call("GET", f"{path}/history", by=ana[0])).json == []
    old, new = await keep(house, room, "old"), await keep(house, room)
    shown = (await house.call("GET", path, by=ana[0])).json
    assert shown == {
        "id": str(new.id), "roomId": str(room), "summary": "All is well",
        "sections": {section.value: "Ana" if section is Section.PEOPLE else "" for section in Section},
        "aiSuggestions": ["Rest"], "generatedAt": "2020-01-02T03:04:05.678Z",
        "coverage": {"messages": 0, "since": None, "complete": True, "untilSeq": 3},
    }  # fmt: skip
    listed = (await house.call("GET", f"{path}/history", by=ana[0])).json
    assert [(one["id"], one["summary"]) for one in listed] == [(str(new.id), "All is well"), (str(old.id), "old")]
    assert len((await house.call("GET", f"{path}/history?take=1", by=ana[0])).json) == 1
    assert (await house.call("GET", f"{path}/history/{old.id}", by=ana[0])).json["summary"] == "old"
    assert (await house.call("GET", f"{path}/history/old", by=ana[0])).outcome == (400, "VALIDATION_FAILED")


async def test_who_will_not_wait_is_shown_the_job(house: House, ana: tuple[str, User], room: RoomId) -> None:
    answer = await house.call(
        "POST", f"/rooms/{room}/pulse-report", by=ana[0], json={}, headers={"Prefer": "respond-async"}
    )
    assert answer.status == 202
    location = answer.headers["Location"]
    assert location == f"/jobs/{answer.json['jobId']}"
    job = (await house.call("GET", location, by=ana[0])).json
    assert (job["kind"], job["status"], job["roomId"]) == ("pulse", "queued", str(room))


async def test_who_is_no_member_learns_nothing(house: House, ana: tuple[str, User], room: RoomId) -> None:
    ben, _ = await house.person("ben")
    report = await keep(house, room)
    for place in (str(room), NOWHERE):
        path = f"/rooms/{place}/pulse-report"
        assert (await house.call("POST", path, by=ben, json={})).outcome == (403, "FORBIDDEN")
        for part in ("", "/history", f"/history/{report.id}", "/spec", "/spec.zip", "/spec/PRD.md"):
            assert (await house.call("GET", path + part, by=ben)).outcome == (403, "FORBIDDEN")
    assert len(house.store.jobs) == 0
    assert (await house.call("GET", "/insights", by=ben)).json["pulse"] == []


async def test_a_specification_follows_from_it(house: House, ana: tuple[str, User], room: RoomId) -> None:
    await keep(house, room)
    for kind, body in (
        ("decisions", {"title": "Ship on Friday", "state": "decided"}),
        ("tasks", {"title": "Payments", "state": "dropped"}),
        ("decisions", {"title": "a | b\n# c", "ownerId": str(ana[1].id)}),
    ):
        assert (await house.call("POST", f"/rooms/{room}/{kind}", by=ana[0], json=body)).status == 200
    path = f"/rooms/{room}/pulse-report/spec"
    packet = (await house.call("GET", path, by=ana[0])).json
    assert packet == {
        "project": {"name": "Launch", "summary": "All is well"},
        "scope": {"goal": "Ship", "mvp": ["TBD"], "outOfScope": ["Payments"]},
        "roles": [{"name": "TBD", "purpose": "TBD"}],
        "entities": [{"name": "Post", "fields": ["a|b", "# c"]}],
        "pages": [{"name": "TBD", "purpose": "TBD"}],
        "api": [{"method": "TBD", "path": "TBD", "purpose": "TBD"}],
        "policies": ["Ship on Friday"],
        "unknown": [
            "scope.mvp[0]", "roles[0].name", "roles[0].purpose", "pages[0].name", "pages[0].purpose",
            "api[0].method", "api[0].path", "api[0].purpose",
        ],
        "documents": FILES,
        "generatedAt": "2020-01-02T03:04:05.678Z",
    }  # fmt: skip
    texts: dict[str, str] = {}
    for name in FILES:
        answer = await house.call("GET", f"{path}/{name}", by=ana[0])
        assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        texts[name] = answer.body.decode()
    assert texts["PRD.md"].startswith("# Launch: PRD\n")
    assert "| a\\|b |\n| \\# c |" in texts["DB_SCHEMA.md"]
    assert "| a \\| b \\# c | open | ana |" in texts["DECISIONS.md"]
    for other in ("prd.md", "../PRD.md", "OTHER.md"):
        assert (await house.call("GET", f"{path}/{other.replace('/', '%2F')}", by=ana[0])).status == 404
    zipped = await house.call("GET", f"{path}.zip", by=ana[0])
    assert zipped.headers["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(zipped.body)) as packed:
        assert packed.testzip() is None
        assert {name: packed.read(name).decode() for name in packed.namelist()} == texts
        assert packed.namelist() == FILES
    house.clock.advance(timedelta(days=9).total_seconds())
    assert (await house.call("GET", f"{path}.zip", by=ana[0])).body == zipped.body


async def test_insights_are_what_stands_out(house: House, ana: tuple[str, User], room: RoomId) -> None:
    report = await keep(house, room)
    made: dict[str, Any] = {}
    for kind, due in (("tasks", "2020-01-01"), ("decisions", "2020-01-02")):
        body = {"title": kind, "dueDate": due}
        made[kind] = (await house.call("POST", f"/rooms/{room}/{kind}", by=ana[0], json=body)).json
    assert (await house.call("GET", "/insights", by=ana[0])).json == {
        "weekStart": "2019-12-30T00:00:00.000Z",
        "cards": [],
        "pulse": [
            {
                "id": str(report.id), "roomId": str(room), "roomTitle": "Launch", "summary": "All is well",
                "generatedAt": "2020-01-02T03:04:05.678Z",
            }
        ],
        "decisions": [made["decisions"]],
        "tasks": [made["tasks"]],
        "overdue": [{**made["tasks"], "kind": "task"}],
    }  # fmt: skip
    assert UUID(made["tasks"]["id"]).version == 7
