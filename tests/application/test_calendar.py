"""What people plan, as the tools of Jarvis would use it as well."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from adapters.ical.writing import FORM
from application.calendar.drafts import CalendarLimits, Change, Draft
from application.calendar.feeds import CalendarFeeds
from application.calendar.imports import CalendarImport
from application.calendar.plan import Calendar
from application.ports.calendar_files import FiledEvent, Unread
from domain.calendar import MOST_DEPARTURES, CalendarEvent
from domain.errors import CalendarFull, Forbidden, InvalidInput, NotFound
from domain.events import CalendarChange, CalendarUpdated
from domain.ids import CalendarEventId, RoomId, UserId
from domain.users import Actor
from tests.builders import SequenceSecrets
from tests.in_memory import InMemoryJarvis

MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def noon(**fields: object) -> Draft:
    return Draft(**{"title": "점심", "start": MONDAY, "end": MONDAY + HOUR} | fields)  # type: ignore[arg-type]


def shown(occurrences: object) -> list[tuple[str, str]]:
    assert isinstance(occurrences, list)
    return [(each.details.title, f"{each.details.start:%m-%dT%H}") for each in occurrences]


async def month(jarvis: InMemoryJarvis, who: Actor) -> list[tuple[str, str]]:
    return shown(await jarvis.calendar.between(who, MIDNIGHT - DAY, MIDNIGHT + 30 * DAY))


async def test_whole_days_are_days_of_the_zone(jarvis: InMemoryJarvis, ana: Actor) -> None:
    holiday = noon(title="휴가", start=MIDNIGHT, end=MIDNIGHT, all_day=True)
    day = (await jarvis.calendar.create(ana, holiday)).event

    async def conflicts(begin: datetime, end: datetime) -> bool:
        return [each.event.id for each in await jarvis.calendar.conflicts(ana, begin, end)] == [day.id]

    begin, end = MIDNIGHT - 9 * HOUR, MIDNIGHT + 15 * HOUR  # the second of March in Seoul
    assert await conflicts(begin, begin + HOUR)
    assert await conflicts(end - HOUR, end)
    assert not await conflicts(begin - HOUR, begin)
    assert not await conflicts(end, end + HOUR)
    assert shown(await jarvis.calendar.between(ana, end - HOUR, end)) == [("휴가", "03-02T00")]
    assert await jarvis.calendar.between(ana, end, end + HOUR) == []


async def test_a_day_that_repeats_is_found_at_its_edges(jarvis: InMemoryJarvis, ana: Actor) -> None:
    await jarvis.calendar.create(
        ana, noon(title="당번", start=MIDNIGHT, end=MIDNIGHT + DAY, all_day=True, rule="FREQ=WEEKLY")
    )
    week = MIDNIGHT + 7 * DAY
    assert shown(await jarvis.calendar.between(ana, week - 9 * HOUR, week - 8 * HOUR)) == [("당번", "03-09T00")]
    last = week + 2 * DAY - 9 * HOUR
    assert shown(await jarvis.calendar.between(ana, last - HOUR, last)) == [("당번", "03-09T00")]
    assert await jarvis.calendar.between(ana, last, last + HOUR) == []


async def test_what_began_before_a_stretch_and_goes_on_in_it_is_part_of_it(jarvis: InMemoryJarvis, ana: Actor) -> None:
    await jarvis.calendar.create(ana, noon(title="long", end=MONDAY + 3 * DAY, rule="FREQ=MONTHLY"))
    assert shown(await jarvis.calendar.between(ana, MONDAY + 33 * DAY, MONDAY + 34 * DAY - HOUR)) == [
        ("long", "04-02T03")
    ]
    assert await jarvis.calendar.between(ana, MONDAY + 34 * DAY, MONDAY + 35 * DAY) == []


async def test_what_lasts_no_time_stands_at_its_moment(jarvis: InMemoryJarvis, ana: Actor) -> None:
    first = await jarvis.calendar.create(ana, noon(title="알람", end=MONDAY))
    assert shown(await jarvis.calendar.between(ana, MONDAY, MONDAY + HOUR)) == [("알람", "03-02T03")]
    assert await jarvis.calendar.between(ana, MONDAY - HOUR, MONDAY) == []
    for start, end, hit in ((MONDAY, MONDAY, 1), (MONDAY - HOUR, MONDAY + HOUR, 1), (MONDAY - HOUR, MONDAY, 0)):
        found = await jarvis.calendar.conflicts(ana, start, end)
        assert [each.event.id for each in found] == [first.event.id] * hit


async def test_words_are_found_wherever_they_stand(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    jarvis.clock.advance(14 * 86_400)
    await jarvis.calendar.create(ana, noon(title="기획 회의", location="2층 ROOM", description="예산"))
    weekly = await jarvis.calendar.create(ana, noon(title="주간 회의", rule="FREQ=WEEKLY;COUNT=3"))
    await jarvis.calendar.update(ana, weekly.event.id, Change(title="월간 보고"), occurrence=MONDAY + 7 * DAY)
    assert shown(await jarvis.calendar.find(ana, "room 회의 예산")) == [("기획 회의", "03-02T03")]
    assert len(await jarvis.calendar.find(ana, "회의")) == 3
    assert shown(await jarvis.calendar.find(ana, "월간")) == [("월간 보고", "03-09T03")]
    assert shown(await jarvis.calendar.find(ana, "주간", begin=MONDAY + DAY)) == [("주간 회의", "03-16T03")]
    assert shown(await jarvis.calendar.find(ana, "주간", end=MONDAY + DAY)) == [("주간 회의", "03-02T03")]
    assert await jarvis.calendar.find(ana, "없는 말") == []
    assert await jarvis.calendar.find(ben, "회의") == []


async def test_a_time_changed_by_itself_follows_only_what_it_left_as_it_was(jarvis: InMemoryJarvis, ana: Actor) -> None:
    event = (await jarvis.calendar.create(ana, noon(rule="FREQ=DAILY;COUNT=3", location="1층"))).event
    second = MONDAY + DAY
    later = Change(start=second + 2 * HOUR, location="밖")
    planned = await jarvis.calendar.update(ana, event.id, later, occurrence=second)
    [departure] = planned.event.departures
    assert departure.details is not None
    assert departure.details.end == second + 3 * HOUR
    await jarvis.calendar.update(ana, event.id, Change(title="브런치", location="2층"))
    found = await jarvis.calendar.between(ana, MIDNIGHT, MIDNIGHT + 9 * DAY)
    assert [(each.details.title, each.details.location) for each in found] == [
        ("브런치", "2층"),
        ("브런치", "밖"),
        ("브런치", "2층"),
    ]
    again = await jarvis.calendar.update(ana, event.id, Change(color="#fff"), occurrence=second)
    assert len(again.event.departures) == 1
    moved = await jarvis.calendar.update(ana, event.id, Change(start=MONDAY + HOUR))
    assert moved.event.departures == (), "another start forgets what was named by the old one"
    assert len(await month(jarvis, ana)) == 3


async def test_a_time_moved_far_away_is_found_where_it_went(jarvis: InMemoryJarvis, ana: Actor) -> None:
    event = (await jarvis.calendar.create(ana, noon(rule="FREQ=DAILY;COUNT=2"))).event
    far = MONDAY + 300 * DAY
    await jarvis.calendar.update(ana, event.id, Change(start=far), occurrence=MONDAY)
    assert await month(jarvis, ana) == [("점심", "03-03T03")]
    assert len(await jarvis.calendar.between(ana, far, far + HOUR)) == 1
    await jarvis.calendar.delete(ana, event.id, occurrence=MONDAY)
    assert await jarvis.calendar.between(ana, far, far + HOUR) == []
    with pytest.raises(NotFound):
        await jarvis.calendar.update(ana, event.id, Change(title="x"), occurrence=MONDAY)


async def test_a_repetition_may_begin_end_and_change_its_zone(jarvis: InMemoryJarvis, ana: Actor) -> None:
    event = (await jarvis.calendar.create(ana, noon())).event
    daily = await jarvis.calendar.update(ana, event.id, Change(rule="FREQ=DAILY", zone="America/New_York"))
    assert daily.event.repetition is not None
    assert daily.event.repetition.zone == "America/New_York"
    assert ("점심", "03-09T02") in await month(jarvis, ana), "the clocks of New York were put forward"
    days = Change(start=MIDNIGHT, end=MIDNIGHT, all_day=True)
    assert (await jarvis.calendar.update(ana, event.id, days)).event.repetition is not None
    assert len(await month(jarvis, ana)) == 31, "the first of April begins at three in the afternoon, in UTC"
    timed = await jarvis.calendar.update(ana, event.id, Change(start=MONDAY, end=MONDAY + HOUR, all_day=False))
    assert timed.event.repetition is not None
    assert timed.event.repetition.zone == "Asia/Seoul"
    assert (await jarvis.calendar.update(ana, event.id, Change(rule=""))).event.repetition is None
    assert await month(jarvis, ana) == [("점심", "03-02T03")]


async def test_more_than_may_be_told_is_refused(jarvis: InMemoryJarvis, ana: Actor) -> None:
    limits = CalendarLimits(events=3, occurrences=10)
    calendar = Calendar(jarvis.work, jarvis.recurrence, jarvis.clock, jarvis.ids, limits=limits)
    await calendar.create(ana, noon(rule="FREQ=DAILY"))
    assert len(await calendar.between(ana, MONDAY, MONDAY + 10 * DAY)) == 10
    with pytest.raises(InvalidInput):
        await calendar.between(ana, MONDAY, MONDAY + 11 * DAY)
    await calendar.create(ana, noon())
    await calendar.create(ana, noon())
    with pytest.raises(CalendarFull):
        await calendar.create(ana, noon())


async def test_no_event_has_times_changed_without_end(jarvis: InMemoryJarvis, ana: Actor) -> None:
    event = (await jarvis.calendar.create(ana, noon(rule="FREQ=DAILY"))).event
    for day in range(MOST_DEPARTURES):
        await jarvis.calendar.delete(ana, event.id, occurrence=MONDAY + day * DAY)
    with pytest.raises(CalendarFull):
        await jarvis.calendar.delete(ana, event.id, occurrence=MONDAY + MOST_DEPARTURES * DAY)
    with pytest.raises(NotFound):
        await jarvis.calendar.delete(ana, event.id, occurrence=MONDAY)


async def test_others_have_their_turn_while_much_is_expanded(jarvis: InMemoryJarvis, ana: Actor) -> None:
    for _ in range(5):
        await jarvis.calendar.create(ana, noon(rule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"))
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    found = await jarvis.calendar.between(ana, MONDAY + 400 * DAY, MONDAY + 800 * DAY)
    other.cancel()
    assert (found, turns >= 5) == ([], True)


async def test_what_takes_too_long_to_expand_is_refused(
    jarvis: InMemoryJarvis, ana: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await jarvis.calendar.create(ana, noon(rule="FREQ=DAILY"))

    async def slow(_: float) -> None:
        jarvis.clock.advance(3)

    monkeypatch.setattr(jarvis.clock, "sleep", slow)
    with pytest.raises(InvalidInput):
        await jarvis.calendar.between(ana, MONDAY, MONDAY + DAY)
    assert (await jarvis.calendar.create(ana, noon())).conflicts != [], "what was found until then is a hint"
    assert len(await jarvis.calendar.events(ana)) == 4


async def test_conflicts_are_ones_own_and_bounded(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    await jarvis.calendar.create(ben, noon())
    assert (await jarvis.calendar.create(ana, noon())).conflicts == []
    for _ in range(11):
        await jarvis.calendar.create(ana, noon())
    planned = await jarvis.calendar.create(ana, noon())
    assert len(planned.conflicts) == 10
    assert all(each.event.organizer_id == ana.id for each in planned.conflicts)


async def test_a_series_is_held_against_what_it_will_meet(jarvis: InMemoryJarvis, ana: Actor) -> None:
    later = (
        await jarvis.calendar.create(ana, noon(title="later", start=MONDAY + 14 * DAY, end=MONDAY + 15 * DAY))
    ).event
    weekly = await jarvis.calendar.create(ana, noon(rule="FREQ=WEEKLY"))
    assert [each.event.id for each in weekly.conflicts] == [later.id]
    moved = await jarvis.calendar.update(
        ana, weekly.event.id, Change(start=MONDAY + 14 * DAY - 2 * HOUR), occurrence=MONDAY + 14 * DAY
    )
    assert moved.conflicts == []
    other = await jarvis.calendar.create(ana, noon(start=MONDAY + 28 * DAY, end=MONDAY + 28 * DAY + HOUR))
    assert [(each.event.id, each.original) for each in other.conflicts] == [(weekly.event.id, MONDAY + 28 * DAY)]


@pytest.mark.parametrize("taken_out", [False, True])
async def test_who_was_invited_keeps_it_after_leaving(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor, taken_out: bool
) -> None:
    room = (await jarvis.room(ana, ben)).room
    event = (await jarvis.calendar.create(ana, noon(room_id=room.id))).event
    assert event.attendee_ids == (ben.id,)
    if taken_out:
        await jarvis.roles.remove(ana, room.id, ben.id)
    else:
        await jarvis.rooms.leave(ben, room.id)
    await jarvis.rooms.invite(ana, room.id, [outsider.id])
    await jarvis.calendar.update(ana, event.id, Change(title="브런치"))
    assert await month(jarvis, ben) == [("브런치", "03-02T03")]
    assert await month(jarvis, outsider) == []
    kept = await jarvis.calendar.update(ana, event.id, Change(attendee_ids=[ben.id, outsider.id]))
    assert kept.event.attendee_ids == (ben.id, outsider.id)
    renewed = await jarvis.calendar.update(ana, event.id, Change(room_id=room.id))
    assert renewed.event.attendee_ids == (outsider.id,)
    told = jarvis.recorder.of(CalendarUpdated)[-2:]
    assert [(each.user_ids, each.change) for each in told] == [
        ((ana.id, outsider.id), CalendarChange.UPDATED),
        ((ben.id,), CalendarChange.DELETED),
    ]
    assert await month(jarvis, ben) == []


async def test_an_organizer_who_has_left_invites_nobody_new(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    cho = await jarvis.person("Cho")
    room = (await jarvis.room(ben, ana, cho)).room
    event = (await jarvis.calendar.create(ana, noon(room_id=room.id, attendee_ids=[ben.id]))).event
    await jarvis.rooms.leave(ana, room.id)
    for change in (Change(attendee_ids=[cho.id]), Change(room_id=room.id)):
        with pytest.raises(Forbidden):
            await jarvis.calendar.update(ana, event.id, change)
    assert (await jarvis.calendar.update(ana, event.id, Change(title="그래도"))).event.attendee_ids == (ben.id,)
    assert (await jarvis.calendar.update(ana, event.id, Change(attendee_ids=[]))).event.attendee_ids == ()


async def test_an_attendee_reads_and_leaves_and_no_more(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    room = (await jarvis.room(ana, ben)).room
    event = (await jarvis.calendar.create(ana, noon(room_id=room.id, rule="FREQ=DAILY"))).event
    assert (await jarvis.calendar.event(ben, event.id)).id == event.id
    with pytest.raises(NotFound):
        await jarvis.calendar.update(ben, event.id, Change(title="x"))
    with pytest.raises(NotFound):
        await jarvis.calendar.delete(ben, event.id, occurrence=MONDAY)
    with pytest.raises(NotFound):
        await jarvis.calendar.event(outsider, event.id)
    for stranger_calls in (
        jarvis.calendar.delete(outsider, event.id),
        jarvis.calendar.event(ana, CalendarEventId(UUID(int=0))),
    ):
        with pytest.raises(NotFound):
            await stranger_calls
    await jarvis.calendar.delete(ben, event.id)
    assert await month(jarvis, ben) == []
    assert (await jarvis.calendar.event(ana, event.id)).attendee_ids == ()


async def test_what_fails_tells_nobody(jarvis: InMemoryJarvis, ana: Actor) -> None:
    jarvis.recorder.events.clear()
    for draft in (noon(room_id=RoomId(UUID(int=0))), noon(attendee_ids=[UserId(UUID(int=0))]), noon(rule="x")):
        with pytest.raises((Forbidden, InvalidInput)):
            await jarvis.calendar.create(ana, draft)
    assert jarvis.recorder.events == []
    assert await jarvis.calendar.events(ana) == []


async def test_a_file_of_ones_own_feed_doubles_nothing(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    room = (await jarvis.room(ana, ben)).room
    event = (await jarvis.calendar.create(ana, noon(room_id=room.id, rule="FREQ=DAILY;COUNT=4", color="#123456"))).event
    await jarvis.calendar.delete(ana, event.id, occurrence=MONDAY + DAY)
    kept = await jarvis.calendar.events(ana)
    file = (await jarvis.calendar_feeds.read(await jarvis.calendar_feeds.open(ben))).file
    assert file is not None
    for who in (ana, ben):
        brought = await jarvis.calendar_import.bring(who, file)
        assert (brought.added, brought.updated, brought.unchanged) == (0, 0, 1)
    assert await jarvis.calendar.events(ana) == kept == await jarvis.calendar.events(ben)
    longer = file.replace(b"COUNT=4", b"COUNT=5")
    assert (await jarvis.calendar_import.bring(ben, longer)).unchanged == 1, "it is not Ben's to change"
    jarvis.recorder.events.clear()
    assert (await jarvis.calendar_import.bring(ana, longer)).updated == 1
    [changed] = await jarvis.calendar.events(ana)
    assert (changed.attendee_ids, changed.details.color, changed.id) == ((ben.id,), "#123456", event.id)
    assert [told.user_ids for told in jarvis.recorder.of(CalendarUpdated)] == [(ana.id,), (ben.id,)]


class SlowFiles:
    """Files that are read and written for as long as the test wants."""

    def __init__(self) -> None:
        self.begun: list[bytes | str] = []
        self._go_on = asyncio.Event()
        self.form = FORM

    def go_on(self) -> None:
        self._go_on.set()

    async def write(self, name: str, events: Sequence[CalendarEvent]) -> bytes:
        self.begun.append(name)
        await self._go_on.wait()
        return b""

    async def read(self, data: bytes, *, limit: int) -> tuple[Sequence[FiledEvent], Sequence[Unread]]:
        self.begun.append(data)
        await self._go_on.wait()
        return [], []


async def test_nobody_waits_for_the_many_files_of_another(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> None:
    files = SlowFiles()
    imports = CalendarImport(jarvis.work, files, jarvis.clock, jarvis.ids)
    feeds = CalendarFeeds(jarvis.work, files, SequenceSecrets(), jarvis.clock)
    anas, bens = await feeds.open(ana), await feeds.open(ben)
    bringing = [asyncio.create_task(imports.bring(ana, f"Ana's {n}".encode())) for n in range(12)]
    bringing.append(asyncio.create_task(imports.bring(ben, b"Ben's")))
    reading = [asyncio.create_task(feeds.read(secret)) for secret in (*[anas] * 12, bens)]
    for _ in range(50):
        await asyncio.sleep(0)
    assert sorted(map(str, files.begun)) == sorted(
        map(str, [b"Ana's 0", b"Ben's", f"Jarvis · {ana.name}", f"Jarvis · {ben.name}"])
    )
    bringing[1].cancel()
    files.go_on()
    done = await asyncio.gather(*bringing, *reading, return_exceptions=True)
    assert [type(each) for each in done].count(asyncio.CancelledError) == 1
    assert len(files.begun) == 25, "all others have had their turn"


async def test_a_feed_has_another_version_whenever_its_file_is_another(
    jarvis: InMemoryJarvis, ana: Actor, ben: Actor
) -> None:
    room = (await jarvis.room(ana, ben)).room
    secret = await jarvis.calendar_feeds.open(ben)
    versions: list[str] = []

    async def is_new() -> bool:
        feed = await jarvis.calendar_feeds.read(secret, versions)
        versions.append(feed.version)
        return feed.file is not None

    assert await is_new()
    assert not await is_new()
    event = (await jarvis.calendar.create(ana, noon(room_id=room.id, rule="FREQ=DAILY"))).event
    assert await is_new()
    await jarvis.calendar.update(ana, event.id, Change(title="저녁"))
    assert await is_new()
    await jarvis.calendar.delete(ana, event.id, occurrence=MONDAY)
    assert await is_new()
    assert not await is_new()
    await jarvis.calendar.delete(ben, event.id)
    feed = await jarvis.calendar_feeds.read(secret, versions)
    assert (feed.file, feed.version) == (None, versions[0]), "it is what it was at first"


async def test_a_feed_has_another_version_when_files_are_written_otherwise(jarvis: InMemoryJarvis, ana: Actor) -> None:
    secret = await jarvis.calendar_feeds.open(ana)
    old = await jarvis.calendar_feeds.read(secret)
    files = SlowFiles()
    files.go_on()
    new = CalendarFeeds(jarvis.work, files, SequenceSecrets(), jarvis.clock)
    assert (await jarvis.calendar_feeds.read(secret, [old.version])).file is None
    for form in (FORM + 1, FORM + 2):
        files.form = form
        feed = await new.read(secret, [old.version])
        assert feed.version != old.version
        assert feed.file is not None
        old = feed
