"""Bringing a calendar from elsewhere."""

import pytest

from adapters.http.app import HttpOptions
from tests.adapters.http.conftest import OpenHouse
from tests.adapters.http.events import faults, listed
from tests.adapters.http.house import SECRET, Answer, House

ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//T//EN\r\n{}END:VCALENDAR\r\n"
ONE = (
    "BEGIN:VEVENT\r\nUID:one@t\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:회의\\, 기획\r\n"
    "DTSTART:20260302T000000Z\r\nDTEND:20260302T010000Z\r\nEND:VEVENT\r\n"
)


BAD_FILES = {
    "nothing": b"",
    "no calendar": b"hello",
    "no text": b"\xff\xfe\x00",
    "an event outside": ONE.encode(),
    "never ended": ICS.format(ONE).encode()[:-20],
    "deeply nested": ("BEGIN:VCALENDAR\r\n" * 3000).encode(),
}
BROKEN_EVENTS = {
    "no start": ("UID:1", "DTSTART"),
    "a broken start": ("DTSTART:20260399", "DTSTART"),
    "a broken rule": ("DTSTART:20260302T000000Z\r\nRRULE:FREQ=SOMETIMES", "RRULE"),
    "a rule with a part unknown": ("DTSTART:20260302T000000Z\r\nRRULE:FREQ=DAILY;BYEASTER=1", "recurrence"),
}


async def bring(house: House, token: str, data: bytes, **headers: str) -> Answer:
    return await house.call("POST", "/calendar/import", by=token, data=data, headers=headers)


@pytest.mark.parametrize("form", [False, True])
async def test_a_file_is_brought_once_however_often_it_is_sent(house: House, form: bool) -> None:
    token, _ = await house.person("ana")
    data, headers = ICS.format(ONE).encode(), {"Content-Type": "text/calendar"}
    if form:
        head = (
            b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n--x\r\n'
            b'Content-Disposition: form-data; name="file"; filename="a.ics"\r\nContent-Type: text/calendar\r\n\r\n'
        )
        data, headers = head + data + b"\r\n--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}
    counts = {"ok": True, "added": 1, "updated": 0, "unchanged": 0, "skipped": 0, "skippedEvents": []}
    assert (await bring(house, token, data, **headers)).json == counts
    before = house.kept()
    assert (await bring(house, token, data, **headers)).json == {**counts, "added": 0, "unchanged": 1}
    assert house.kept() == before
    [event] = await listed(house, token)
    assert (event["title"], event["start"]) == ("회의, 기획", "2026-03-02T00:00:00.000Z")
    changed = data.replace("기획".encode(), "출시".encode())
    assert (await bring(house, token, changed, **headers)).json == {**counts, "added": 0, "updated": 1}
    assert [(each["id"], each["title"]) for each in await listed(house, token)] == [(event["id"], "회의, 출시")]


@pytest.mark.parametrize("data", BAD_FILES.values(), ids=BAD_FILES.keys())
async def test_a_bad_file_is_refused_and_changes_nothing(house: House, data: bytes) -> None:
    token, _ = await house.person("ana")
    before = house.kept()
    assert faults(await bring(house, token, data)) == {"file"}
    assert house.kept() == before


@pytest.mark.parametrize(("lines", "named"), BROKEN_EVENTS.values(), ids=BROKEN_EVENTS.keys())
async def test_a_broken_event_is_left_out_and_named_and_the_others_come_in(
    house: House, lines: str, named: str
) -> None:
    token, _ = await house.person("ana")
    broken = f"BEGIN:VEVENT\r\nSUMMARY:망가진 것\r\n{lines}\r\nEND:VEVENT\r\n"
    brought = (await bring(house, token, ICS.format(broken + ONE).encode())).json
    assert (brought["added"], brought["skipped"]) == (1, 1)
    [left_out] = brought["skippedEvents"]
    assert (left_out["title"], named in left_out["reason"]) == ("망가진 것", True)
    assert [event["title"] for event in await listed(house, token)] == ["회의, 기획"]


async def test_a_form_without_a_file_or_to_an_end_is_refused(house: House) -> None:
    token, _ = await house.person("ana")
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for data in (
        b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n',
        b"",
        b"--x\r\n",
    ):
        assert faults(await bring(house, token, data, **form)) == {"file"}
    assert faults(await bring(house, token, b"x", **{"Content-Type": "multipart/form-data"})) == {"file"}


async def test_a_file_past_the_limit_is_too_large(open_house: OpenHouse) -> None:
    house = await open_house(HttpOptions(jwt_secret=SECRET, calendar_import_limit=10_000))
    token, _ = await house.person("ana")
    data = ICS.format(ONE).encode() + b" " * 10_000
    assert (await bring(house, token, data)).outcome == (413, "PAYLOAD_TOO_LARGE")
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + data + b"\r\n--x--\r\n"
    answer = await bring(house, token, form, **{"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.outcome == (413, "PAYLOAD_TOO_LARGE")
    assert await listed(house, token) == []
