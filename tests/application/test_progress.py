"""How far jobs are, as those hear it who asked for them."""

from collections.abc import Sequence
from itertools import pairwise

import pytest

from application.catching_up import KIND as CATCH_UP
from application.catching_up import CatchingUp
from application.ideas import KIND as CARDS
from application.ideas import WeeklyIdeas
from application.jobs import JobHandler
from application.minutes import KIND as MINUTES
from application.minutes import Minutes
from application.portions import Portions
from application.progress import READING, reached, read, taken, telling
from application.pulse import KIND as PULSE
from application.pulse import Pulse
from application.summaries import Summaries
from application.weekly import weekly_lane
from domain.events import JobChanged
from domain.ids import JobId, RoomId
from domain.jobs import JobStatus
from domain.users import Actor
from tests.application.test_ideas import Reader
from tests.application.test_summaries import Clerk
from tests.application.weekly.office import MONDAY, SEOUL, Scribe
from tests.in_memory import InMemoryJarvis

PARTS = 12


class Shop:
    """All that reads long talk, in small portions."""

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis = jarvis
        portions = Portions(tokens=600)
        summaries = Summaries(Clerk(), portions)
        rest = jarvis.jobs, jarvis.clock, jarvis.ids
        self.ideas = WeeklyIdeas(jarvis.work, Reader(), *rest, SEOUL, jarvis.quotas, portions)
        self.pulse = Pulse(jarvis.work, summaries, Scribe(), *rest, SEOUL, jarvis.quotas)
        self.minutes = Minutes(jarvis.work, summaries, *rest, SEOUL, jarvis.quotas)
        self.catching_up = CatchingUp(
            jarvis.work, summaries, jarvis.jobs, jarvis.publication, jarvis.clock, jarvis.ids, jarvis.quotas
        )

    async def ask(self, kind: str, actor: Actor, room: RoomId, other: RoomId) -> tuple[JobId, JobHandler]:
        match kind:
            case "weekly-ideas":
                return await self.ideas.ask(actor, room), self.ideas.make
            case "pulse":
                return await self.pulse.ask(actor, room), self.pulse.make
            case "minutes":
                return await self.minutes.import_summary(actor, other, room), self.minutes.write
            case _:
                return await self.catching_up.ask(actor, room, 0), self.catching_up.tell

    def told(self) -> Sequence[JobChanged]:
        return self.jarvis.recorder.of(JobChanged)


@pytest.fixture
def shop(jarvis: InMemoryJarvis) -> Shop:
    return Shop(jarvis)


@pytest.fixture
async def room(jarvis: InMemoryJarvis, ana: Actor, ben: Actor) -> RoomId:
    """With a talk that takes about a dozen parts to read, and goes on evenly."""
    room_id = (await jarvis.room(ana, ben)).room.id
    for at in range(2 * PARTS):
        jarvis.clock.advance(60)
        await jarvis.messages.send(ben, room_id, f"idea{at} fact{at} " + "그런데 " * 75)
    return room_id


@pytest.mark.parametrize("kind", [CARDS, PULSE, MINUTES, CATCH_UP])
async def test_it_is_told_as_the_parts_of_the_talk_are_read(
    shop: Shop, jarvis: InMemoryJarvis, ana: Actor, room: RoomId, kind: str
) -> None:
    job_id, handler = await shop.ask(kind, ana, room, (await jarvis.room(ana)).room.id)
    await jarvis.worked(job_id, handler)
    told = shop.told()
    assert {(event.asker_id, event.job_id, event.kind, event.failure) for event in told} == {
        (ana.id, job_id, kind, None)
    }
    assert (told[0].status, told[0].progress) == (JobStatus.RUNNING, None)
    assert (told[-1].status, told[-1].progress) == (JobStatus.DONE, None)
    shares = [event.progress for event in told if event.progress is not None]
    assert len(shares) == len(told) - 2
    assert PARTS <= len(shares) <= 2 * PARTS + 2
    assert shares == sorted(set(shares)), "it only grows"
    assert 0 < shares[0] < 0.2
    assert max(after - before for before, after in pairwise(shares)) < 0.2
    assert READING in shares
    assert shares[-1] == (READING if kind == CATCH_UP else 1)


@pytest.mark.parametrize("kind", [CARDS, PULSE, MINUTES])
async def test_of_a_short_talk_it_is_told_that_it_is_read(
    shop: Shop, jarvis: InMemoryJarvis, ana: Actor, kind: str
) -> None:
    room, other = [(await jarvis.room(ana)).room.id for _ in range(2)]
    await jarvis.messages.send(ana, room, "idea")
    job_id, handler = await shop.ask(kind, ana, room, other)
    await jarvis.worked(job_id, handler)
    assert [event.progress for event in shop.told()][-2:] == [1, None]


async def test_of_what_nobody_asked_for_nobody_hears(shop: Shop, jarvis: InMemoryJarvis, room: RoomId) -> None:
    jarvis.clock.advance((MONDAY - jarvis.clock.now()).total_seconds())
    await shop.pulse.renew()
    await jarvis.working(weekly_lane(room), {PULSE: shop.pulse.make})
    assert [kept.job.status for kept in jarvis.store.jobs.values()] == [JobStatus.DONE]
    assert shop.told() == []


def test_it_only_grows_and_is_never_more_than_all() -> None:
    told: list[float] = []
    with telling(told.append):
        for share in (-1, 0, 0.1, 0.1, 0.05, 0.33333, 0.3334, 0.5, 7, 1):
            reached(share)
    assert told == [0.1, 0.333, 0.5, 1.0]


def test_parts_that_are_read_at_once_share_what_they_take() -> None:
    told: list[float] = []
    with telling(told.append):
        taken(0.5)
        read(left=1)
        read(left=0)
        taken(0.4)
        taken(2)
        read(left=0)
    assert told == [0.225, 0.45, 0.9]
    reached(1)
    taken(1)
    read(left=0)
    assert len(told) == 3
