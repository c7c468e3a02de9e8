"""Pulse reports and the places of gleaning, as every store keeps them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from adapters.emoji.catalogue import EmojiCatalogue
from application.cards import Cards
from application.matters import Draft as MatterDraft
from application.matters import Matters
from application.pins import Pins
from application.reactions import Reacting
from domain.events import PulseRenewed
from domain.ideas import CardDraft
from domain.ids import PulseReportId, RoomId
from domain.matters import Change, MatterKind
from domain.pulse import ApiCall, Coverage, Entity, Named, Outline, PulseDraft, PulseReport, Section
from domain.users import Actor
from tests.contracts.stores import Stores

OUTLINE = Outline(
    "목표", ("로그인",), ("결제",), (Named("회원", "쓴다"),), (Entity("글", ("제목", "본문")),), (Named("목록"),),
    (ApiCall("GET", "/posts", "읽기"),), ("비밀번호는 10자",),
)  # fmt: skip


def a_report(
    stores: Stores, room: RoomId, summary: str = "요약", until: int = 0, at: datetime | None = None
) -> PulseReport:
    draft = PulseDraft(summary, {Section.PEOPLE: "아나", Section.RISK_ANALYSIS: "- \\ | `"}, ("쉬세요",), OUTLINE)
    now = at or stores.clock.now()
    coverage = Coverage(3, now - timedelta(days=1), complete=False)
    return PulseReport(PulseReportId(stores.ids.new()), room, now, until, draft, coverage)


async def keep(stores: Stores, *reports: PulseReport, of: int = 10) -> None:
    async with stores.work() as work:
        for report in reports:
            await work.pulse_reports.add(report, keep=of)


async def test_the_newest_is_the_current_one_and_a_few_old_ones_are_kept(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    other = await stores.room(outsider, ben)
    reports = [a_report(stores, room, f"{number}") for number in range(5)]
    elsewhere = a_report(stores, other)
    async with stores.work() as work:
        assert await work.pulse_reports.current(room) is None
        assert await work.pulse_reports.of_room(room, take=9) == []
    await keep(stores, *reports[:4], elsewhere)
    await keep(stores, reports[4], of=3)
    async with stores.work() as work:
        assert await work.pulse_reports.current(room) == reports[4]
        assert await work.pulse_reports.of_room(room, take=9) == [reports[4], reports[3], reports[2]]
        assert await work.pulse_reports.of_room(room, take=1) == [reports[4]]
        assert await work.pulse_reports.find(room, reports[3].id) == reports[3]
        assert await work.pulse_reports.find(room, reports[0].id) is None
        assert await work.pulse_reports.find(other, reports[3].id) is None
        assert await work.pulse_reports.current(other) == elsewhere
        assert await work.pulse_reports.of_reader(ben.id, take=9) == [elsewhere, reports[4]]
        assert await work.pulse_reports.of_reader(ben.id, take=1) == [elsewhere]
        assert await work.pulse_reports.of_reader(ana.id, take=9) == [reports[4]]


async def test_they_go_with_their_room(stores: Stores, ana: Actor, room: RoomId) -> None:
    await keep(stores, a_report(stores, room))
    async with stores.work() as work:
        await work.rooms.lock(room)
        await work.gleaning_places.move(room, 7)
    await stores.rooms.delete(ana, room)
    async with stores.work() as work:
        assert await work.pulse_reports.of_room(room, take=9) == []
        assert await work.pulse_reports.of_reader(ana.id, take=9) == []
        assert await work.gleaning_places.place(room) == 0


async def test_rooms_are_outdated_where_something_was_said_since(stores: Stores, ana: Actor) -> None:
    rooms = sorted([await stores.room(ana, title=f"{number}") for number in range(5)])
    silent, fresh, told, late, renewed = rooms
    await stores.say(fresh, ana, "said")
    await stores.say(told, ana, "said")
    await stores.say(renewed, ana, "said")
    await keep(stores, a_report(stores, told, until=1))
    stores.clock.advance(60)
    due = stores.clock.now()
    await stores.say(late, ana, "said")
    await stores.say(renewed, ana, "and again")
    await keep(stores, a_report(stores, renewed, until=1))
    async with stores.work() as work:
        assert await work.pulse_reports.outdated(due, after=None, take=9) == [fresh]
        assert await work.pulse_reports.outdated(due, after=fresh, take=9) == []
    stores.clock.advance(60)
    async with stores.work() as work:
        now = stores.clock.now()
        assert await work.pulse_reports.outdated(now, after=None, take=9) == [fresh, late, renewed]
        assert await work.pulse_reports.outdated(now, after=None, take=2) == [fresh, late]
        assert await work.pulse_reports.outdated(now, after=late, take=2) == [renewed]
    assert silent not in {fresh, late, renewed}


async def outdated(stores: Stores, due: datetime) -> Sequence[RoomId]:
    async with stores.work() as work:
        return await work.pulse_reports.outdated(due, after=None, take=9)


MOMENT = timedelta(milliseconds=1)
"""The least by which two times in a log differ."""

CHANGES = [
    "edited",
    "deleted",
    "card added",
    "card changed",
    "card removed",
    "task added",
    "task changed",
    "task removed",
]


@pytest.mark.parametrize("what", CHANGES)
async def test_a_report_is_outdated_by_whatever_it_is_made_of(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId, what: str
) -> None:
    cards = Cards(stores.work, stores.clock, stores.ids)
    matters = Matters(stores.work, stores.clock, stores.ids)
    said = await stores.say(room, ana, "said")
    card = await cards.add(ana, room, CardDraft("card"))
    task = await matters.add(ana, room, MatterKind.TASK, MatterDraft("task"))
    newest = (await stores.log(room))[-1]
    await keep(stores, a_report(stores, room, until=newest.seq, at=newest.at - timedelta(seconds=1)))
    stores.clock.advance(60)
    assert await outdated(stores, newest.at + timedelta(days=7)) == []
    match what:
        case "edited":
            await stores.edit(room, said.message_id, ana, "something else")
        case "deleted":
            await stores.delete(room, said.message_id, ana)
        case "card added":
            await cards.add(ana, room, CardDraft("another"))
        case "card changed":
            await cards.change(ana, room, card.id, CardDraft("another"))
        case "card removed":
            await cards.remove(ana, room, card.id)
        case "task added":
            await matters.add(ana, room, MatterKind.TASK, MatterDraft("another"))
        case "task changed":
            await matters.change(ana, room, MatterKind.TASK, task.id, Change(owner_id=ben.id))
        case _:
            await matters.remove(ana, room, MatterKind.TASK, task.id)
    changed = (await stores.log(room))[-1]
    assert await outdated(stores, changed.at) == [], "it was no change of the week that is due"
    assert await outdated(stores, changed.at + MOMENT) == [room]
    await keep(stores, a_report(stores, room, until=changed.seq, at=changed.at))
    assert await outdated(stores, changed.at + timedelta(days=7)) == []


async def test_what_changed_in_the_week_and_again_since_counts_for_the_week(
    stores: Stores, ana: Actor, room: RoomId
) -> None:
    cards = Cards(stores.work, stores.clock, stores.ids)
    card = await cards.add(ana, room, CardDraft("card"))
    [added] = await stores.log(room)
    await keep(stores, a_report(stores, room, until=added.seq, at=added.at - timedelta(seconds=1)))
    await cards.change(ana, room, card.id, CardDraft("in the week"))
    _, in_the_week = await stores.log(room)
    stores.clock.advance(60)
    newest = in_the_week
    while newest.at == in_the_week.at:
        await cards.change(ana, room, card.id, CardDraft(f"since {newest.seq}"))
        newest = (await stores.log(room))[-1]
    assert await outdated(stores, newest.at) == [room]
    assert await outdated(stores, in_the_week.at) == []


async def test_a_room_without_a_word_has_a_report_of_its_cards(stores: Stores, ana: Actor, room: RoomId) -> None:
    await Cards(stores.work, stores.clock, stores.ids).add(ana, room, CardDraft("card"))
    [added] = await stores.log(room)
    assert await outdated(stores, added.at + MOMENT) == [room]


async def test_what_a_report_does_not_tell_of_does_not_outdate_it(
    stores: Stores, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    said = await stores.say(room, ana, "said")
    await keep(stores, a_report(stores, room, until=1))
    stores.clock.advance(60)
    await stores.rooms.invite(ana, room, [outsider.id])
    await stores.rooms.rename(ana, room, "Another")
    await stores.rooms.leave(outsider, room)
    await Reacting(stores.work, EmojiCatalogue()).add(ben, room, said.message_id, "👍")
    await Pins(stores.work, stores.clock).add(ben, room, said.message_id)
    await stores.reading.mark(ben, room, 1)
    async with stores.work() as work:
        work.announce(PulseRenewed(room, PulseReportId(stores.ids.new()), stores.clock.now()))
    log = await stores.log(room)
    assert len(log) > 5
    assert await outdated(stores, log[-1].at + timedelta(days=7)) == []


async def test_a_place_moves_on_and_never_back(stores: Stores, ana: Actor) -> None:
    rooms = sorted([await stores.room(ana) for _ in range(3)])
    for room in rooms[:2]:
        await stores.say(room, ana, "said")
    due = stores.clock.now() + timedelta(seconds=1)
    async with stores.work() as work:
        assert await work.gleaning_places.behind(due, after=None, take=9) == rooms[:2]
        assert await work.gleaning_places.behind(due, after=None, take=1) == rooms[:1]
        assert await work.gleaning_places.behind(due, after=rooms[0], take=9) == rooms[1:2]
        assert await work.gleaning_places.behind(stores.clock.now(), after=None, take=9) == []
    for seq, place in ((1, 1), (0, 1)):
        async with stores.work() as work:
            await work.rooms.lock(rooms[0])
            await work.gleaning_places.move(rooms[0], seq)
        async with stores.work() as work:
            assert await work.gleaning_places.place(rooms[0]) == place
            assert await work.gleaning_places.behind(due, after=None, take=9) == [rooms[1]]
