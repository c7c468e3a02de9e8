"""Calendar files that would take all there is: read within limits, or refused."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.ical.files import IcalFiles
from adapters.ical.pace import Pace
from adapters.ical.reading import Reader
from adapters.ical.writing import write
from domain.calendar import Details
from domain.errors import CalendarFull, InvalidInput
from tests.adapters.ical.files import (
    DAY,
    HOUR,
    MANY,
    MONDAY,
    an_event,
    filed,
    ics,
    read,
    reader,
    recurrence,
)

EVIL = (
    "{}\nTZID:Evil\nBEGIN:STANDARD\nDTSTART:16010101T000000\nRRULE:FREQ=SECONDLY\n"
    "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n"
)


@pytest.mark.parametrize(
    "begin",
    [
        "BEGIN:VTIMEZONE",
        "begin:vtimezone",
        "BEGIN:VTIME\n ZONE",
        "BEGIN:VTIME\n\n  ZONE",
        "BE GIN:VTIMEZONE",
        'BEGIN;X="a:b":VTIMEZONE',
        "BEGIN: VTIMEZONE ",
    ],
)
def test_the_rules_of_a_hostile_time_zone_are_not_run_through(begin: str) -> None:
    """Believed, it would be run through second by second from 1601."""
    zone = EVIL.format(begin)
    data = ics("UID:1\r\nSUMMARY:x\r\nDTSTART;TZID=Evil:20260302T000000", before=zone.replace("\n", "\r\n"))
    assert read(data)[0] == []
    honest = ics("UID:1\r\nDTSTART;TZID=Asia/Seoul:20260302T093000", before=zone.replace("\n", "\r\n"))
    assert [event.details.start for event in read(honest)[0]] == [MONDAY]


def hurried(patience: float) -> Reader:
    """A reader for whom every step takes a second."""
    seconds = iter(range(1_000_000))
    return Reader(recurrence, "UTC", pace=lambda: Pace(patience, timer=lambda: next(seconds), rest=lambda _: None))


MANY_LINES = "UID:1\r\nDTSTART:20260302T000000Z\r\n" + "\r\n".join(["SUMMARY:x"] * 100)
MANY_DATES = "UID:1\r\nDTSTART:20260302T000000Z\r\nRRULE:FREQ=DAILY\r\nEXDATE:" + ",".join(["20260302T000000Z"] * 100)
MANY_TIMES = [f"UID:1\r\nDTSTART:20260302T00{n:02}00Z" for n in range(60)]


@pytest.mark.parametrize("events", [[MANY_LINES], [MANY_DATES], MANY_TIMES], ids=["lines", "dates", "events"])
def test_one_limit_of_time_is_over_all_of_the_reading(events: list[str]) -> None:
    assert hurried(1000).read(ics(*events), limit=MANY)[1] == []
    with pytest.raises(InvalidInput) as refused:
        hurried(90).read(ics(*events), limit=MANY)
    assert [(fault.field, fault.message) for fault in refused.value.details] == [("file", "takes too long to be read")]


def test_too_many_events_are_refused_before_any_is_looked_at() -> None:
    events = [f"UID:{n}\r\nDTSTART:20260302T000000Z\r\nRRULE:FREQ=DAILY;COUNT=1000" for n in range(4)]
    changed = "UID:1\r\nRECURRENCE-ID:20260303T000000Z\r\nDTSTART:20260303T010000Z"
    assert len(reader.read(ics(*events, changed), limit=4)[0]) == 4, "a changed time is no event of its own"
    with pytest.raises(CalendarFull):
        reader.read(ics(*events), limit=3)
    broken = ics(*events).removesuffix(b"END:VCALENDAR\r\n")
    with pytest.raises(CalendarFull):
        reader.read(broken, limit=3)


def test_a_thread_rests_after_every_stretch_of_work() -> None:
    seconds = iter([0, 0.001, 0.0021, 0.003, 0.0042])
    rests: list[float] = []
    pace = Pace(timer=lambda: next(seconds), rest=rests.append)
    counts = []
    for _ in range(4):
        pace.step()
        counts.append(len(rests))
    assert counts == [0, 1, 1, 2]


async def test_files_are_read_and_written_while_the_threads_of_everybody_are_taken() -> None:
    files, given_back = IcalFiles(recurrence, "Asia/Seoul"), Event()
    with ThreadPoolExecutor(1) as taken:
        asyncio.get_running_loop().set_default_executor(taken)
        held = asyncio.ensure_future(asyncio.to_thread(given_back.wait, 60))
        event = an_event(Details("회의", MONDAY, MONDAY + HOUR))
        async with asyncio.timeout(30):
            written = await files.write("달력", [event])
            assert await files.read(written, limit=1) == ([filed(event)], [])
        assert not held.done()
        given_back.set()
        await held


def test_exceptions_are_bounded() -> None:
    days = ",".join(f"{(MONDAY + day * DAY):%Y%m%dT%H%M%SZ}" for day in range(1001))
    text = f"UID:1\r\nDTSTART:20260302T003000Z\r\nRRULE:FREQ=DAILY\r\nEXDATE:{days}"
    events, [unread] = read(ics(text))
    assert (events, "1000" in unread.reason) == ([], True)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 40))
def test_a_damaged_file_is_read_or_refused(noise: bytes, at: int, length: int) -> None:
    good = write("x", [an_event(Details("회의", MONDAY, MONDAY + HOUR), "FREQ=WEEKLY;COUNT=5")])
    named: set[str] = set()
    for data in (noise, good[:at] + noise + good[at + length :]):
        try:
            read(data)
        except InvalidInput as error:
            named |= {fault.field for fault in error.details}
    assert named <= {"file"}
