"""Calendars as files: what is written comes back, and what others wrote is understood or named."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from adapters.ical.writing import FORM, write
from domain.calendar import Departure, Details
from tests.adapters.ical.files import (
    DAY,
    HOUR,
    MONDAY,
    SECOND,
    an_event,
    filed,
    ics,
    one,
    read,
    recurrence,
)

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=300
).map(str.strip)
WHEN = st.datetimes(datetime(1971, 1, 1), datetime(2150, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
RULES = st.sampled_from(
    [
        None,
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,WE",
        "FREQ=MONTHLY;BYDAY=-1FR;COUNT=7",
        "FREQ=YEARLY",
        "FREQ=DAILY;COUNT=9",
    ]
)


@settings(deadline=None, max_examples=60)
@given(
    TEXTS.filter(bool),
    st.sampled_from(["#abcdef", "red", "rgb(1 2 3)"]),
    TEXTS,
    TEXTS,
    WHEN,
    st.integers(0, 40),
    st.booleans(),
    RULES,
    st.sampled_from(["Asia/Seoul", "America/New_York", "UTC"]),
)
def test_what_is_written_is_read_as_it_was(
    title: str,
    color: str,
    location: str,
    note: str,
    at: datetime,
    hours: int,
    all_day: bool,
    rule: str | None,
    zone: str,
) -> None:
    start = at.replace(hour=0, minute=0, second=0) if all_day else at
    length = (DAY if all_day else HOUR) * hours
    details = Details(title, start, start + length, all_day, color, location, f"{note}\n{note}".strip())
    event = an_event(details.checked(), rule, zone)
    if event.repetition is not None:
        first, *others = list(recurrence.starts(event.repetition, start, begin=start, end=start + 400 * DAY))[:3]
        event = replace(
            event,
            departures=(
                Departure(first, replace(details.checked(), title="other").moved_to(first + DAY)),
                *(Departure(other) for other in others),
            ),
        )
    assert read(write("달력", [event])) == ([filed(event)], [])


@pytest.mark.parametrize("text", ["rgb(1,2;3)\\", "a\\nb", "x;y", "\\,"])
def test_what_has_a_meaning_in_files_comes_back_as_it_was(text: str) -> None:
    event = an_event(Details(text, MONDAY, MONDAY + HOUR, location=text, description=text))
    assert read(write(text, [event])) == ([filed(event)], [])
    colored = replace(event, details=replace(event.details, color=f"#123\nBEGIN:VEVENT\n{text}"))
    assert read(write(text, [colored])) == ([filed(event)], []), "no colour writes lines"


def test_a_written_file_keeps_to_the_letter_of_the_standard() -> None:
    details = Details(
        "회의, 기획; \\ 준비\rBEGIN:VEVENT", MONDAY, MONDAY + HOUR, description="줄\r\n줄\x01" + "가" * 200
    )
    daily = an_event(details, "FREQ=DAILY;UNTIL=20260310")
    daily = replace(daily, departures=(Departure(MONDAY + DAY),))
    holiday = Details("휴가", SECOND, SECOND + DAY, all_day=True)
    days = replace(an_event(holiday, "FREQ=YEARLY;UNTIL=20300101"), uid="two@jarvis")
    written = write("이름, 쉼표\nBEGIN:VEVENT", [daily, days])
    lines = written.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines), "every line ends with CRLF"
    assert all(len(line) <= 75 for line in lines), "long lines are folded"
    text = re.sub(r"\r\n[ \t]", "", written.decode())
    for line in (
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:이름\\, 쉼표\\nBEGIN:VEVENT",
        "SUMMARY:회의\\, 기획\\; \\\\ 준비 BEGIN:VEVENT",
        "DTSTART;TZID=Asia/Seoul:20260302T093000",
        "EXDATE;TZID=Asia/Seoul:20260303T093000",
        "RRULE:FREQ=DAILY;UNTIL=20260310T145959Z",
        "DTSTART;VALUE=DATE:20260302",
        "DTEND;VALUE=DATE:20260304",
        "RRULE:FREQ=YEARLY;UNTIL=20300101",
    ):
        assert f"\r\n{line}\r\n" in text, line
    assert text.count("\r\nBEGIN:VEVENT\r\n") == 2, "a title ends no line"
    assert text.count("\r\nBEGIN:VTIMEZONE\r\n") == 1
    assert "TZID:Asia/Seoul" in text
    assert len(Calendar.from_ical(written).walk("VEVENT")) == 2


def test_the_form_has_another_number_whenever_the_same_is_written_otherwise() -> None:
    """Calendars that know a feed by its version are told nothing new else: raise FORM where this fails."""
    noon = Details("점심; 12시", MONDAY, MONDAY + HOUR, color="red", location="서울", description="줄\n줄")
    departures = Departure(MONDAY + 7 * DAY, noon.moved_to(MONDAY + 8 * DAY)), Departure(MONDAY + 14 * DAY)
    series = replace(an_event(noon, "FREQ=WEEKLY;COUNT=5"), departures=departures)
    alone = an_event(Details("하루", SECOND, SECOND + DAY, all_day=True))
    written = write("Jarvis · 아나", [series, alone])
    assert (FORM, sha256(written).hexdigest()[:16]) == (1, "c09b83c9c408103d")


@pytest.mark.parametrize(
    ("text", "start", "end", "all_day"),
    [
        ("DTSTART:20260302T003000Z\nDTEND:20260302T013000Z", MONDAY, MONDAY + HOUR, False),
        ("DTSTART;TZID=Asia/Seoul:20260302T093000\nDURATION:PT1H", MONDAY, MONDAY + HOUR, False),
        ("DTSTART;TZID=Korea Standard Time:20260302T093000\nDURATION:PT1H", MONDAY, MONDAY + HOUR, False),
        ("DTSTART:20260302T093000\nDTEND:20260302T103000", MONDAY, MONDAY + HOUR, False),
        ("DTSTART:20260302T093000", MONDAY, MONDAY, False),
        ("DTSTART;VALUE=DATE:20260302", SECOND, SECOND, True),
        ("DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260305", SECOND, SECOND + 2 * DAY, True),
        ("DTSTART;VALUE=DATE:20260302\nDURATION:P3D", SECOND, SECOND + 2 * DAY, True),
        ("DTSTART;VALUE=DATE:20260302\nDTEND;VALUE=DATE:20260302", SECOND, SECOND, True),
    ],
)
def test_times_are_read_in_all_their_forms(text: str, start: datetime, end: datetime, all_day: bool) -> None:
    details = one(f"UID:1\nSUMMARY:x\n{text}").details
    assert (details.start, details.end, details.all_day) == (start, end, all_day)


def test_one_time_of_a_series_comes_with_it() -> None:
    data = ics(
        "UID:1\r\nSUMMARY:주간\r\nDTSTART;TZID=Asia/Seoul:20260302T093000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\n"
        "EXDATE;TZID=Asia/Seoul:20260309T093000,20260316T093000\r\nEXDATE:20991231T000000Z",
        "UID:1\r\nRECURRENCE-ID;TZID=Asia/Seoul:20260323T093000\r\nSUMMARY:늦게\r\nDTSTART:20260323T030000Z\r\nDURATION:PT2H",
        "UID:1\r\nRECURRENCE-ID:20260330T003000Z\r\nSTATUS:CANCELLED\r\nDTSTART:20260330T003000Z",
    )
    [event], unread = read(data)
    assert unread == []
    assert event.repetition is not None
    assert (event.repetition.zone, event.repetition.rule) == ("Asia/Seoul", "FREQ=WEEKLY;COUNT=5")
    assert [(departure.original, departure.details and departure.details.title) for departure in event.departures] == [
        (MONDAY + 7 * DAY, None),
        (MONDAY + 14 * DAY, None),
        (MONDAY + 21 * DAY, "늦게"),
        (MONDAY + 28 * DAY, None),
    ]


def test_a_series_all_day_and_an_exception_by_date() -> None:
    event = one("UID:1\nDTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260303")
    assert event.departures == (Departure(datetime(2026, 3, 3, tzinfo=UTC)),)
    timed = one("UID:1\nDTSTART:20260302T003000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260303")
    assert timed.departures == (Departure(MONDAY + DAY),)


@pytest.mark.parametrize(
    ("first", "named"),
    [
        ("DTSTART;TZID=Asia/Seoul:20260302T100000", "RECURRENCE-ID;VALUE=DATE:20260303"),
        ("DTSTART;TZID=Asia/Seoul:20260302T100000", "RECURRENCE-ID;TZID=Asia/Seoul:20260303T100000"),
        ("DTSTART;TZID=Asia/Seoul:20260302T100000", "RECURRENCE-ID:20260303T010000Z"),
        # Nine hours and a half behind: there it is still the day before when it is the third in UTC.
        ("DTSTART;TZID=Pacific/Marquesas:20260302T200000", "RECURRENCE-ID;VALUE=DATE:20260302"),
    ],
)
def test_a_time_that_was_moved_stands_once_however_it_is_named(first: str, named: str) -> None:
    [event], _ = read(
        ics(
            f"UID:1\r\nSUMMARY:아침\r\n{first}\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=3",
            f"UID:1\r\nSUMMARY:오후\r\n{named}\r\nDTSTART;TZID=Asia/Seoul:20260303T150000\r\nDURATION:PT1H",
        )
    )
    assert event.repetition is not None
    start = event.details.start
    usual = list(recurrence.starts(event.repetition, start, begin=start, end=start + 9 * DAY))
    [departure] = event.departures
    assert departure.original in usual
    assert departure.details is not None
    assert departure.details.start == datetime(2026, 3, 3, 6, tzinfo=UTC)


def test_a_day_of_whole_days_may_be_named_by_its_midnight() -> None:
    [event], _ = read(
        ics(
            "UID:1\r\nDTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=DAILY;COUNT=4\r\nEXDATE:20260303T000000",
            "UID:1\r\nRECURRENCE-ID;TZID=Asia/Seoul:20260304T000000\r\nDTSTART;VALUE=DATE:20260309",
        )
    )
    assert [each.original for each in event.departures] == [SECOND + DAY, SECOND + 2 * DAY]


def test_an_invitation_to_one_time_alone_is_an_event() -> None:
    data = ics(
        *(f"UID:1\r\nSUMMARY:{n}\r\nRECURRENCE-ID:2026030{n}T000000Z\r\nDTSTART:2026030{n}T000000Z" for n in (2, 3))
    )
    events, unread = read(data)
    assert (len({event.uid for event in events}), unread) == (2, [])
    assert read(data)[0] == events


def test_without_a_uid_an_event_is_known_by_what_it_says() -> None:
    first, again = (one(f"DTSTAMP:2026010{n}T000000Z\nSUMMARY:x\nDTSTART:20260302T003000Z") for n in (1, 2))
    other = one("SUMMARY:y\nDTSTART:20260302T003000Z")
    assert first.uid == again.uid != other.uid
    long = one(f"UID:{'u' * 600}\nDTSTART:20260302T003000Z")
    assert len(long.uid) < 100


def test_what_is_too_long_is_cut_and_what_has_no_name_gets_one() -> None:
    details = one(f"UID:1\nSUMMARY:{'x' * 900}\nLOCATION:{'y' * 900}\nDTSTART:20260302T003000Z").details
    assert (len(details.title), len(details.location)) == (500, 500)
    assert one("UID:1\nSUMMARY: \nDTSTART:20260302T003000Z").details.title == "(제목 없음)"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=SECONDLY", "daily"),
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=DAILY;BYSECOND=1", "daily"),
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=DAILY\nRDATE:20260402T000000Z", "RDATE"),
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "RRULE"),
        ("DTSTART;TZID=Our own time:20260302T000000", "time zone"),
        ("DTSTART:20260302T000000Z\nSTATUS:CANCELLED", "cancelled"),
        ("DTSTART:20260302T000000Z\nDTEND;VALUE=DATE:20260303", "date"),
        ("DTSTART:20260302T000000Z\nDTEND:20260301T000000Z", "end"),
        ("DTSTART:00010101T000000Z", "1900"),
        ("DTSTART:20260302T000000Z\nDTEND:20280302T000000Z\nRRULE:FREQ=DAILY", "year"),
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=DAILY;UNTIL=20200101T000000Z", "before"),
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=SOMETIMES", "RRULE"),
        ("DTSTART:20260302T000000Z\nRRULE:", "recurrence"),
        ("DTSTART:20260399", "DTSTART"),
        ("DTSTART:20260302T000000Z\nDTSTART:20260303T000000Z", "DTSTART"),
        ("LOCATION:x", "DTSTART"),
        ("DTSTART:20260302T000000Z\nDTEND:later", "DTEND"),
        ("DTSTART:20260302T000000Z\nRRULE:FREQ=DAILY\nEXDATE:never", "EXDATE"),
        ("DTSTART:20260302T000000Z\nRECURRENCE-ID:first", "RECURRENCE-ID"),
        ("DTSTART:20260302T000000Z\nRECURRENCE-ID:20260302\nRECURRENCE-ID:20260303", "RECURRENCE-ID"),
        ("DTSTART:20260302T000000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260302T000000Z", "RANGE"),
    ],
)
def test_what_has_no_equal_here_is_skipped_and_named(text: str, reason: str) -> None:
    good = "UID:good\r\nSUMMARY:good\r\nDTSTART:20260302T000000Z"
    events, [unread] = read(ics(f"UID:1\r\nSUMMARY:그것\r\n{text}".replace("\n", "\r\n").replace("\r\r", "\r"), good))
    assert [event.uid for event in events] == ["good"]
    assert unread.title == "그것"
    assert reason in unread.reason


@pytest.mark.parametrize(
    ("before", "inside"),
    [
        ("", "BEGIN:VALARM\r\nTRIGGER:soon\r\nDURATION:\r\nEND:VALARM"),
        ("BEGIN:VTODO\r\nDTSTART:never\r\nEND:VTODO\r\n", "ATTENDEE"),
        ("REFRESH-INTERVAL:now and then\r\nno line\r\n", "DUE:later"),
    ],
    ids=["an alarm", "a task", "the calendar"],
)
def test_what_is_broken_beside_the_events_keeps_none_of_them_out(before: str, inside: str) -> None:
    [event], unread = read(ics(f"UID:1\r\nSUMMARY:x\r\nDTSTART:20260302T003000Z\r\n{inside}", before=before))
    assert (event.details.title, event.details.start, unread) == ("x", MONDAY, [])


def test_a_broken_change_of_one_time_takes_its_series_along_and_nothing_else() -> None:
    """Without it, the series would be shown at a time at which it does not take place."""
    events, [unread] = read(
        ics(
            "UID:1\r\nSUMMARY:주간\r\nDTSTART:20260302T000000Z\r\nRRULE:FREQ=WEEKLY",
            "UID:1\r\nRECURRENCE-ID:20260309T000000Z\r\nDTSTART:20260399",
            "UID:good\r\nDTSTART:20260302T000000Z",
        )
    )
    assert [event.uid for event in events] == ["good"]
    assert (unread.title, "DTSTART" in unread.reason) == ("주간", True)
