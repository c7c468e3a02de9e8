"""Calendars, as every store keeps them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.calendar import CalendarEvent, Departure, Details, Repetition
from domain.errors import CalendarFull, DuplicateEntry, NotFound
from domain.ids import CalendarEventId, RoomId
from domain.users import Actor
from tests.contracts.stores import Stores

MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_event(stores: Stores, organizer: Actor, title: str = "점심", start: datetime = MONDAY) -> CalendarEvent:
    id_ = CalendarEventId(stores.ids.new())
    now = stores.clock.now()
    return CalendarEvent(id_, f"{id_}@test", organizer.id, Details(title, start, start + HOUR), now, now)


async def kept(stores: Stores, *events: CalendarEvent, limit: int = 100) -> None:
    async with stores.work() as work:
        await work.calendar.add(events, limit=limit)


async def found(
    stores: Stores, who: Actor, begin: datetime | None = None, end: datetime | None = None
) -> list[CalendarEvent]:
    async with stores.work() as work:
        return list(await work.calendar.of_user(who.id, begin=begin, end=end))


async def test_an_event_comes_back_as_kept(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    plain = an_event(stores, ana, "plain", MONDAY - DAY)
    rich = replace(
        an_event(stores, ana),
        details=Details("점심 👋", MONDAY, MONDAY + HOUR, color="#123", location="2층", description="줄\n줄"),
        repetition=Repetition("FREQ=DAILY", "Asia/Seoul", MONDAY + 9 * DAY),
        departures=(Departure(MONDAY), Departure(MONDAY + DAY, Details("late", MONDAY + DAY, MONDAY + 2 * DAY))),
        room_id=room,
        attendee_ids=(ben.id, stores.user("Cho").id),
        revision=3,
    )
    async with stores.work() as work:
        await work.users.sign_in(replace(stores.user("Cho"), id=rich.attendee_ids[1]), rename=False)
        await work.calendar.add([rich, plain], limit=2)
    assert await found(stores, ana) == [plain, rich]
    assert await found(stores, ben) == [rich]
    async with stores.work() as work:
        assert await work.calendar.get(rich.id) == rich == await work.calendar.lock(rich.id)
    bare = replace(plain, id=rich.id, uid=rich.uid, details=replace(plain.details, all_day=True), revision=4)
    async with stores.work() as work:
        await work.calendar.replace(bare)
    assert await found(stores, ana) == [plain, bare]
    assert await found(stores, ben) == []


async def test_a_removed_event_is_missing(stores: Stores, ana: Actor, ben: Actor) -> None:
    event = replace(an_event(stores, ana), attendee_ids=(ben.id,), departures=(Departure(MONDAY),))
    await kept(stores, event)
    for _ in range(2):
        async with stores.work() as work:
            await work.calendar.remove(event.id)
    assert await found(stores, ana) == await found(stores, ben) == []
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.calendar.get(event.id)
    with pytest.raises(NotFound):
        async with stores.work() as work:
            await work.calendar.lock(event.id)


async def test_only_what_may_touch_a_stretch_of_time_is_found(stores: Stores, ana: Actor) -> None:
    once = an_event(stores, ana, "once")
    ending = replace(an_event(stores, ana, "ending"), repetition=Repetition("FREQ=DAILY", "UTC", MONDAY + 10 * DAY))
    endless = replace(an_event(stores, ana, "endless"), repetition=Repetition("FREQ=DAILY", "UTC"))
    moved = replace(
        an_event(stores, ana, "moved"),
        repetition=Repetition("FREQ=DAILY", "UTC", MONDAY),
        departures=(Departure(MONDAY, Details("far", MONDAY + 90 * DAY, MONDAY + 91 * DAY)),),
    )
    await kept(stores, once, ending, endless, moved)

    async def titles(begin: datetime | None, end: datetime | None) -> set[str]:
        return {event.details.title for event in await found(stores, ana, begin, end)}

    assert await titles(None, None) == {"once", "ending", "endless", "moved"}
    assert await titles(MONDAY - 9 * DAY, MONDAY - 8 * DAY) == set()
    assert await titles(MONDAY, MONDAY + HOUR) == {"once", "ending", "endless", "moved"}
    assert await titles(MONDAY + 9 * DAY, MONDAY + 10 * DAY) == {"ending", "endless", "moved"}
    assert await titles(MONDAY + 90 * DAY, None) == {"endless", "moved"}
    assert await titles(MONDAY + 900 * DAY, None) == {"endless"}


async def test_a_uid_is_there_once_an_organizer(stores: Stores, ana: Actor, ben: Actor) -> None:
    event = replace(an_event(stores, ana), attendee_ids=(ben.id,))
    bens = replace(an_event(stores, ben), uid=event.uid)
    await kept(stores, event)
    await kept(stores, bens)
    with pytest.raises(DuplicateEntry):
        await kept(stores, replace(an_event(stores, ana), uid=event.uid))
    async with stores.work() as work:
        assert await work.calendar.by_uids(ana.id, [event.uid, "other"]) == [event]
        assert await work.calendar.by_uids(ben.id, [event.uid]) == [event, bens]
        assert await work.calendar.by_uids(ben.id, []) == []


async def test_there_are_no_more_than_may_be(stores: Stores, ana: Actor, ben: Actor) -> None:
    await kept(stores, an_event(stores, ana), limit=2)
    with pytest.raises(CalendarFull):
        await kept(stores, an_event(stores, ana), an_event(stores, ana), limit=2)
    assert len(await found(stores, ana)) == 1
    results = await asyncio.gather(
        *(kept(stores, an_event(stores, ana), limit=2) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["CalendarFull", "CalendarFull", "NoneType"]
    await kept(stores, an_event(stores, ben), limit=1)


async def test_changes_of_one_event_follow_one_another(stores: Stores, ana: Actor) -> None:
    event = an_event(stores, ana)
    await kept(stores, event)

    async def raise_revision() -> None:
        async with stores.work() as work:
            locked = await work.calendar.lock(event.id)
            await work.calendar.replace(replace(locked, revision=locked.revision + 1))

    await asyncio.gather(*(raise_revision() for _ in range(5)))
    [after] = await found(stores, ana)
    assert after.revision == 5


async def test_what_fails_leaves_no_trace(stores: Stores, ana: Actor) -> None:
    event = an_event(stores, ana)
    await kept(stores, event)

    async def fail() -> None:
        async with stores.work() as work:
            await work.calendar.add([an_event(stores, ana)], limit=9)
            await work.calendar.replace(replace(event, departures=(Departure(MONDAY),)))
            await work.calendar_feeds.put(ana.id, b"digest", MONDAY)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await found(stores, ana) == [event]
    async with stores.work() as work:
        assert await work.calendar_feeds.opened_at(ana.id) is None


async def test_a_deleted_room_leaves_the_events_of_its_people(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    event = replace(an_event(stores, ana), room_id=room, attendee_ids=(ben.id,))
    await kept(stores, event)
    async with stores.work() as work:
        await work.rooms.delete(room)
    assert await found(stores, ana) == await found(stores, ben) == [replace(event, room_id=None)]


async def test_a_feed_is_known_by_its_newest_digest(stores: Stores, ana: Actor, ben: Actor) -> None:
    async with stores.work() as work:
        await work.calendar_feeds.put(ana.id, b"one", MONDAY)
        await work.calendar_feeds.put(ben.id, b"bens", MONDAY)
        await work.calendar_feeds.put(ana.id, b"two", MONDAY + DAY)
    async with stores.work() as work:
        assert await work.calendar_feeds.owner(b"one") is None
        assert await work.calendar_feeds.owner(b"two") == ana.id
        assert await work.calendar_feeds.opened_at(ana.id) == MONDAY + DAY
        await work.calendar_feeds.remove(ana.id)
        await work.calendar_feeds.remove(ana.id)
        assert await work.calendar_feeds.owner(b"two") is None
        assert await work.calendar_feeds.opened_at(ana.id) is None
        assert await work.calendar_feeds.owner(b"bens") == ben.id
