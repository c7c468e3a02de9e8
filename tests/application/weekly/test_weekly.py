"""What is made weekly: once for every room with something new, when its Monday has come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.mock.ideas import MockIdeas
from application.ideas import WeeklyIdeas
from application.weekly import PAGE
from domain.ids import RoomId
from domain.jobs import Job
from domain.users import Actor
from tests.in_memory import InMemoryJarvis

SEOUL = ZoneInfo("Asia/Seoul")


def scheduler(jarvis: InMemoryJarvis) -> WeeklyIdeas:
    return WeeklyIdeas(jarvis.work, MockIdeas(), jarvis.jobs, jarvis.clock, jarvis.ids, SEOUL, jarvis.quotas)


def jobs(jarvis: InMemoryJarvis) -> list[Job]:
    return [kept.job for kept in jarvis.store.jobs.values()]


def move_to(jarvis: InMemoryJarvis, time: str) -> None:
    jarvis.clock.advance((datetime.fromisoformat(time).replace(tzinfo=UTC) - jarvis.clock.now()).total_seconds())


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor) -> RoomId:
    return (await jarvis.room(ana)).room.id


async def test_it_begins_on_monday_at_nine(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    ideas = scheduler(jarvis)
    await jarvis.messages.send(ana, room, "hello")
    move_to(jarvis, "2026-02-22T23:59:59.999")
    await ideas.renew()
    assert [job.payload["week"] for job in jobs(jarvis)] == ["2026-02-09"]
    move_to(jarvis, "2026-02-23T00:00:00")
    await ideas.renew()
    job = jobs(jarvis)[-1]
    assert (job.kind, job.room_id, job.payload, job.asker_id) == ("weekly-ideas", room, {"week": "2026-02-16"}, None)
    assert job.key == f"{room}:2026-02-16"
    assert len(jobs(jarvis)) == 2


async def test_several_schedulers_and_restarts_make_it_once(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    await jarvis.messages.send(ana, room, "hello")
    move_to(jarvis, "2026-02-23T00:00:00")
    first = scheduler(jarvis)
    for ideas in (first, first, scheduler(jarvis), scheduler(jarvis)):
        await ideas.renew()
        jarvis.clock.advance(60)
    assert len(jobs(jarvis)) == 1


async def test_a_monday_that_was_missed_is_made_up_for(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    await jarvis.messages.send(ana, room, "hello")
    move_to(jarvis, "2026-02-28T12:00:00")
    await scheduler(jarvis).renew()
    assert [job.payload["week"] for job in jobs(jarvis)] == ["2026-02-16"]


async def test_rooms_in_which_nothing_was_said_are_left_alone(jarvis: InMemoryJarvis, ana: Actor, room: RoomId) -> None:
    await jarvis.messages.send(ana, room, "hello")
    await jarvis.room(ana)
    move_to(jarvis, "2026-03-02T00:00:00")
    await scheduler(jarvis).renew()
    assert jobs(jarvis) == []


async def test_every_room_gets_its_turn_however_many_there_are(jarvis: InMemoryJarvis, ana: Actor) -> None:
    rooms = [(await jarvis.room(ana)).room.id for _ in range(PAGE + 3)]
    for room in rooms:
        await jarvis.messages.send(ana, room, "hello")
    move_to(jarvis, "2026-02-23T00:00:00")
    await scheduler(jarvis).renew()
    assert {job.room_id for job in jobs(jarvis)} == set(rooms)


async def test_a_ideasthat_breaks_off_is_gone_again(
    jarvis: InMemoryJarvis, ana: Actor, room: RoomId, monkeypatch: pytest.MonkeyPatch
) -> None:
    await jarvis.messages.send(ana, room, "hello")
    jarvis.clock.advance(timedelta(days=7).total_seconds())
    ideas = scheduler(jarvis)
    work = ideas._work

    def broken() -> object:
        raise ConnectionError

    monkeypatch.setattr(ideas, "_work", broken)
    with pytest.raises(ConnectionError):
        await ideas.renew()
    monkeypatch.setattr(ideas, "_work", work)
    await ideas.renew()
    assert len(jobs(jarvis)) == 1
