"""The calendar over REST."""

import pytest

from domain.events import CalendarChange, CalendarUpdated
from tests.adapters.http.events import NOBODY, NOON, created, faults, listed
from tests.adapters.http.house import House


async def test_an_event_is_made_with_what_the_contract_names(house: House) -> None:
    token, user = await house.person("ana")
    event = await created(house, token, unknown="ignored")
    assert {name: event[name] for name in ("id", "title", "start", "end", "color", "createdAt")} == {
        "id": event["id"],
        "title": "점심",
        "start": "2026-03-02T03:00:00.000Z",
        "end": "2026-03-02T04:00:00.000Z",
        "color": "#00694D",
        "createdAt": "2020-01-02T03:04:05.678Z",
    }
    assert (event["allDay"], event["recurrence"], event["organizerId"]) == (False, None, str(user.id))
    assert event.pop("conflicts") == []
    assert await listed(house, token) == [event]
    assert (await house.call("GET", f"/calendar/events/{event['id']}", by=token)).json == event


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-03-02", "2026-03-02T00:00:00.000Z"),
        ("2026-03-02T09:30", "2026-03-02T09:30:00.000Z"),
        ("2026-03-02T09:30:00Z", "2026-03-02T09:30:00.000Z"),
        ("2026-03-02T09:30:00.1239Z", "2026-03-02T09:30:00.123Z"),
        ("2026-03-02T09:30:00-05:00", "2026-03-02T14:30:00.000Z"),
    ],
)
async def test_a_date_alone_is_midnight_and_a_time_without_offset_is_utc(house: House, written: str, kept: str) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token, start=written, end=written)
    assert (event["start"], event["end"]) == (kept, kept)


async def test_two_dates_alone_are_whole_days_until_hours_are_named(house: House) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token, start="2026-03-02", end="2026-03-04")
    assert event["allDay"]
    assert (event["start"], event["end"]) == ("2026-03-02T00:00:00.000Z", "2026-03-04T00:00:00.000Z")
    path = f"/calendar/events/{event['id']}"
    unchanged = await house.call("PUT", path, by=token, json={"start": event["start"], "end": event["end"]})
    assert unchanged.json["allDay"], "sent back as it came"
    timed = {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"}
    assert not (await house.call("PUT", path, by=token, json=timed)).json["allDay"]
    days = {"start": "2026-03-02", "end": "2026-03-02"}
    assert (await house.call("PUT", path, by=token, json=days)).json["allDay"]
    assert not (await house.call("PUT", path, by=token, json={**days, "allDay": False})).json["allDay"]
    assert faults(await house.call("PUT", path, by=token, json={**timed, "allDay": True})) == {"allDay"}


BAD: dict[str, tuple[dict[str, object], set[str]]] = {
    "no title": ({"title": None}, {"title"}),
    "an empty title": ({"title": "  "}, {"title"}),
    "a title too long": ({"title": "x" * 501}, {"title"}),
    "a title with NUL": ({"title": "a\x00"}, {"title"}),
    "no start": ({"start": None}, {"start"}),
    "no end": ({"end": None}, {"end"}),
    "a bad start": ({"start": "soon"}, {"start"}),
    "a week for a start": ({"start": "2026-W10"}, {"start"}),
    "a day that is named by its week": ({"start": "2026-W10-1", "end": "2026-W10-2"}, {"start"}),
    "a date without its dashes": ({"start": "20260302"}, {"start"}),
    "an empty start": ({"start": ""}, {"start"}),
    "the 30th of February": ({"start": "2026-02-30"}, {"start"}),
    "a bad end": ({"end": "2026-13-01"}, {"end"}),
    "a number": ({"end": 1772409600000}, {"end"}),
    "a start after the end": ({"start": "2026-03-02T13:00:01+09:00"}, {"end"}),
    "before the calendar": ({"start": "0001-01-01T00:00:00+09:00"}, {"start"}),
    "after the calendar": ({"end": "9999-12-31T23:59:59-09:00"}, {"end"}),
    "a colour too long": ({"color": "x" * 65}, {"color"}),
    "a number for a colour": ({"color": 5}, {"color"}),
    "a rule that is none": ({"recurrence": "every Monday"}, {"recurrence"}),
    "every second": ({"recurrence": "FREQ=SECONDLY"}, {"recurrence"}),
    "a zone that is none": ({"recurrence": "FREQ=DAILY", "timezone": "Mars/Olympus"}, {"timezone"}),
    "over before it begins": ({"recurrence": "FREQ=DAILY;UNTIL=20260101"}, {"recurrence"}),
    "years of it every day": ({"end": "2028-03-02", "recurrence": "FREQ=DAILY"}, {"end"}),
    "people of no room": ({"attendeeIds": [NOBODY]}, {"attendeeIds"}),
    "texts for people": ({"attendeeIds": "ana"}, {"attendeeIds"}),
}


@pytest.mark.parametrize(("fields", "named"), BAD.values(), ids=BAD.keys())
async def test_what_is_no_event_is_refused_by_name_and_changes_nothing(
    house: House, fields: dict[str, object], named: set[str]
) -> None:
    token, _ = await house.person("ana")
    before = house.kept()
    body = {name: value for name, value in (NOON | fields).items() if value is not None}
    assert faults(await house.call("POST", "/calendar/events", by=token, json=body)) == named
    assert house.kept() == before
    if None not in fields.values():
        event = await created(house, token)
        before = house.kept()
        answer = await house.call("PUT", f"/calendar/events/{event['id']}", by=token, json=NOON | fields)
        assert faults(answer) == named
        assert house.kept() == before


async def test_any_field_may_be_changed_alone(house: House) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token)
    path = f"/calendar/events/{event['id']}"
    for change in ({"title": "저녁"}, {"color": "#ff0000"}, {"location": "2층"}, {"description": "다 같이"}):
        event |= change
        answer = (await house.call("PUT", path, by=token, json=change)).json
        assert {name: answer[name] for name in event if name != "updatedAt"} == {
            name: event[name] for name in event if name != "updatedAt"
        }
    later = (await house.call("PUT", path, by=token, json={"start": "2026-03-02T05:00:00Z"})).json
    assert later["end"] == "2026-03-02T06:00:00.000Z", "it lasts as long as before"
    ends = (await house.call("PUT", path, by=token, json={"end": "2026-03-02T05:30:00Z"})).json
    assert ends["start"] == "2026-03-02T05:00:00.000Z"


async def test_another_persons_event_is_missing(house: House) -> None:
    token, _ = await house.person("ana")
    stranger, _ = await house.person("ben")
    event = await created(house, token)
    before = house.kept()
    for event_id in (event["id"], NOBODY):
        for method in ("GET", "PUT", "DELETE"):
            body = {"title": "mine"} if method == "PUT" else None
            answer = await house.call(method, f"/calendar/events/{event_id}", by=stranger, json=body)
            assert answer.outcome == (404, "NOT_FOUND")
    assert await listed(house, stranger) == []
    assert house.kept() == before


async def test_a_deleted_event_is_gone(house: House) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token)
    path = f"/calendar/events/{event['id']}"
    assert (await house.call("DELETE", path, by=token)).json == {"ok": True}
    assert await listed(house, token) == []
    assert (await house.call("DELETE", path, by=token)).outcome == (404, "NOT_FOUND")


async def test_events_are_listed_by_start(house: House) -> None:
    token, _ = await house.person("ana")
    for day in (3, 1, 2):
        await created(house, token, title=str(day), start=f"2026-03-0{day}", end=f"2026-03-0{day}")
    assert [event["title"] for event in await listed(house, token)] == ["1", "2", "3"]


async def test_a_stretch_of_time_shows_every_time_of_what_repeats(house: House) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token, recurrence="freq=weekly;byday=mo,we;count=5")
    assert (event["recurrence"], event["timezone"]) == ("FREQ=WEEKLY;COUNT=5;BYDAY=MO,WE", "Asia/Seoul")
    await created(house, token, title="once", start="2026-03-05T00:00:00Z", end="2026-03-05T01:00:00Z")
    shown = await listed(house, token, "?from=2026-03-02T12:00:00%2B09:00&to=2026-03-12T00:00:00Z")
    assert [(each["title"], each["start"][5:10], each["occurrence"] is None) for each in shown] == [
        ("점심", "03-02", False),
        ("점심", "03-04", False),
        ("once", "03-05", True),
        ("점심", "03-09", False),
        ("점심", "03-11", False),
    ]
    assert {each["id"] for each in shown if each["title"] == "점심"} == {event["id"]}
    assert len(await listed(house, token)) == 2, "without a stretch of time each event stands once"
    assert len(await listed(house, token, "?from=2026-03-01T00:00:00+09:00")) == 6, "an unescaped plus is understood"
    assert len(await listed(house, token, "?to=2026-03-04T03:00:00Z")) == 1
    assert [each["title"] for each in await listed(house, token, "?q=ONC")] == []
    house.clock.advance(6 * 366 * 86_400)
    assert [each["title"] for each in await listed(house, token, "?q=ONC&from=2026-01-01")] == ["once"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?from=soon", "from"),
        ("?from=2026-W10", "from"),
        ("?to=20260302", "to"),
        ("?to=", "to"),
        ("?from=2026-03-02&to=2026-03-02", "to"),
        ("?from=2026-03-02&to=2029-03-02", "to"),
        ("?q=a%00", "q"),
    ],
)
async def test_a_stretch_that_is_none_is_refused(house: House, query: str, field: str) -> None:
    token, _ = await house.person("ana")
    assert faults(await house.call("GET", f"/calendar/events{query}", by=token)) == {field}


async def test_one_time_of_what_repeats_is_changed_and_another_cancelled(house: House) -> None:
    token, _ = await house.person("ana")
    event = await created(house, token, recurrence="FREQ=DAILY;COUNT=3")
    path, second = f"/calendar/events/{event['id']}", "2026-03-03T03:00:00.000Z"
    changed = await house.call(
        "PUT", f"{path}?occurrence={second}", by=token, json={"title": "늦은 점심", "start": "2026-03-03T05:00:00Z"}
    )
    assert (changed.json["title"], changed.json["start"], changed.json["occurrence"]) == (
        "늦은 점심",
        "2026-03-03T05:00:00.000Z",
        second,
    )
    assert (await house.call("DELETE", f"{path}?occurrence=2026-03-04T03:00:00Z", by=token)).json == {"ok": True}
    shown = await listed(house, token, "?from=2026-03-01")
    assert [(each["title"], each["start"][8:13]) for each in shown] == [("점심", "02T03"), ("늦은 점심", "03T05")]
    assert shown[0]["exceptions"] == [
        {"occurrence": second, "cancelled": False},
        {"occurrence": "2026-03-04T03:00:00.000Z", "cancelled": True},
    ]
    for method, at in (
        ("PUT", "2026-03-04T03:00:00Z"),
        ("DELETE", "2026-03-02T03:00:01Z"),
        ("PUT", "2026-03-05T03:00:00Z"),
    ):
        answer = await house.call(method, f"{path}?occurrence={at}", by=token, json={"title": "x"})
        assert answer.outcome == (404, "NOT_FOUND")
    whole = await house.call("PUT", f"{path}?occurrence={second}", by=token, json={"recurrence": ""})
    assert faults(whole) == {"occurrence"}


async def test_members_of_a_room_have_the_event_and_may_not_change_it(house: House) -> None:
    token, ana = await house.person("ana")
    bens, ben = await house.person("ben")
    chos, cho = await house.person("cho")
    room_id = await house.room(ana, ben, cho)
    house.recorder.events.clear()
    event = await created(
        house, token, roomId=str(room_id), attendeeIds=[str(ben.id), str(ana.id)], recurrence="FREQ=DAILY"
    )
    assert (event["roomId"], event["attendeeIds"]) == (str(room_id), [str(ben.id)])
    assert [told.user_ids for told in house.recorder.of(CalendarUpdated)] == [(ana.id, ben.id)]
    assert [each["id"] for each in await listed(house, bens)] == [event["id"]]
    assert await listed(house, chos) == []
    path = f"/calendar/events/{event['id']}"
    before = house.kept()
    for one_time in ("", f"?occurrence={event['start']}"):
        for by in (bens, chos):
            changed = await house.call("PUT", f"{path}{one_time}", by=by, json={"title": "mine"})
            assert changed.outcome == (404, "NOT_FOUND"), "it is another user's"
    for by, one_time in ((bens, f"?occurrence={event['start']}"), (chos, "")):
        assert (await house.call("DELETE", f"{path}{one_time}", by=by)).outcome == (404, "NOT_FOUND")
    assert house.kept() == before
    everybody = await house.call("PUT", path, by=token, json={"roomId": str(room_id)})
    assert everybody.json["attendeeIds"] == [str(ben.id), str(cho.id)]
    assert len(await listed(house, chos)) == 1
    house.recorder.events.clear()
    assert (await house.call("DELETE", path, by=bens)).json == {"ok": True}
    assert await listed(house, bens) == []
    assert [(told.user_ids, told.change) for told in house.recorder.of(CalendarUpdated)] == [
        ((ben.id,), CalendarChange.DELETED),
        ((ana.id, cho.id), CalendarChange.UPDATED),
    ]
    fewer = await house.call("PUT", path, by=token, json={"attendeeIds": []})
    assert fewer.json["attendeeIds"] == []
    assert await listed(house, chos) == []


async def test_only_a_member_plans_with_a_room_and_only_with_its_members(house: House) -> None:
    token, ana = await house.person("ana")
    _, ben = await house.person("ben")
    theirs, mine = await house.room(ben), await house.room(ana)
    before = house.kept()
    for room_id in (str(theirs), NOBODY, "no id"):
        answer = await house.call("POST", "/calendar/events", by=token, json={**NOON, "roomId": room_id})
        assert answer.outcome == (403, "FORBIDDEN")
    for person in (str(ben.id), NOBODY, "no id"):
        body = {**NOON, "roomId": str(mine), "attendeeIds": [person]}
        assert faults(await house.call("POST", "/calendar/events", by=token, json=body)) == {"attendeeIds"}
    assert house.kept() == before


async def test_what_overlaps_is_told(house: House) -> None:
    token, _ = await house.person("ana")
    noon = await created(house, token)
    same = await created(house, token, title="겹침")
    assert [each["id"] for each in same["conflicts"]] == [noon["id"]]
    after = await created(house, token, title="다음", start=noon["end"], end="2026-03-02T05:00:00Z")
    assert after["conflicts"] == []
    weekly = await created(
        house, token, start="2026-02-23T03:30:00Z", end="2026-02-23T04:00:00Z", recurrence="FREQ=WEEKLY"
    )
    assert [each["title"] for each in weekly["conflicts"]] == ["겹침", "점심"] or len(weekly["conflicts"]) == 2
    moved = await house.call("PUT", f"/calendar/events/{noon['id']}", by=token, json={"start": "2026-03-09T03:00:00Z"})
    [conflict] = moved.json["conflicts"]
    assert (conflict["id"], conflict["occurrence"]) == (weekly["id"], "2026-03-09T03:30:00.000Z")


async def test_an_id_that_is_none_is_refused(house: House) -> None:
    token, _ = await house.person("ana")
    for method in ("GET", "PUT", "DELETE"):
        assert faults(await house.call(method, "/calendar/events/local:1", by=token, json={})) == {"eventId"}
