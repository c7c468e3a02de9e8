"""Asking for minutes over HTTP."""

from uuid import UUID

import pytest

from domain.ids import JobId
from domain.jobs import JobStatus
from tests.adapters.http.house import House


async def test_a_worker_is_to_write_the_minutes(house: House) -> None:
    ana, user = await house.person("ana")
    source, target = await house.room(user), await house.room(user)
    answer = await house.call(
        "POST", f"/rooms/{target}/import-meeting-summary", by=ana, json={"sourceRoomId": str(source)}
    )
    assert answer.status == 200
    assert answer.json["ok"] is True
    async with house.work() as work:
        job = await work.jobs.find(JobId(UUID(answer.json["jobId"])))
    assert job is not None
    assert (job.kind, job.room_id, job.asker_id, job.status) == ("minutes", target, user.id, JobStatus.QUEUED)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({}, (400, "SOURCE_ROOM_REQUIRED")),
        (None, (400, "SOURCE_ROOM_REQUIRED")),
        ({"sourceRoomId": None}, (400, "SOURCE_ROOM_REQUIRED")),
        ({"sourceRoomId": " "}, (400, "SOURCE_ROOM_REQUIRED")),
        ({"sourceRoomId": "{target}"}, (400, "SOURCE_AND_TARGET_SAME")),
        ({"sourceRoomId": "{TARGET}"}, (400, "SOURCE_AND_TARGET_SAME")),
        ({"sourceRoomId": "{others}"}, (403, "FORBIDDEN_SOURCE")),
        ({"sourceRoomId": "019c0000-0000-7000-8000-000000000000"}, (403, "FORBIDDEN_SOURCE")),
        ({"sourceRoomId": "no room"}, (403, "FORBIDDEN_SOURCE")),
        ({"sourceRoomId": 7}, (400, "VALIDATION_FAILED")),
        ([], (400, "VALIDATION_FAILED")),
    ],
)
async def test_what_is_refused_changes_nothing(
    house: House, body: dict[str, object] | list[object] | None, outcome: tuple[int, str]
) -> None:
    ana, user = await house.person("ana")
    _, ben = await house.person("ben")
    target, others = await house.room(user), await house.room(ben)
    if isinstance(body, dict) and isinstance(named := body.get("sourceRoomId"), str):
        names = {"target": str(target), "TARGET": str(target).upper(), "others": str(others)}
        body = {"sourceRoomId": names.get(named.strip("{}"), named)}
    answer = await house.call("POST", f"/rooms/{target}/import-meeting-summary", by=ana, json=body)
    assert answer.outcome == outcome
    assert len(house.store.jobs) == 0


async def test_who_is_not_in_the_target_room_is_refused(house: House) -> None:
    ana, user = await house.person("ana")
    _, ben = await house.person("ben")
    source, target = await house.room(user), await house.room(ben)
    for room in (target, "019c0000-0000-7000-8000-000000000000"):
        answer = await house.call(
            "POST", f"/rooms/{room}/import-meeting-summary", by=ana, json={"sourceRoomId": str(source)}
        )
        assert answer.outcome == (403, "FORBIDDEN_TARGET")
    answer = await house.call("POST", "/rooms/none/import-meeting-summary", by=ana, json={})
    assert answer.outcome == (400, "VALIDATION_FAILED")


async def test_what_one_missed_is_told_later_where_one_will_not_wait(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    await house.say(user, room, "금요일로 확정")
    headers = {"Prefer": "respond-async"}
    answer = await house.call("GET", f"/rooms/{room}/catch-up?sinceSeq=0", by=ana, headers=headers)
    assert answer.status == 202
    job = await house.call("GET", f"/jobs/{answer.json['requestId']}", by=ana)
    assert (job.json["kind"], job.json["status"], job.json["roomId"]) == ("catch-up", "queued", str(room))


async def test_catching_up_is_for_members_and_takes_numbers(house: House) -> None:
    ana, user = await house.person("ana")
    ben, _ = await house.person("ben")
    room = await house.room(user)
    assert (await house.call("GET", f"/rooms/{room}/catch-up?sinceSeq=0", by=ben)).outcome == (403, "FORBIDDEN")
    for path in (f"{room}/catch-up?sinceSeq=x", "none/catch-up?sinceSeq=0"):
        assert (await house.call("GET", f"/rooms/{path}", by=ana)).outcome == (400, "VALIDATION_FAILED")
    assert len(house.store.jobs) == 0
