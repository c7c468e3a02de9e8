"""Pulse reports and the places of gleaning, as every store keeps them."""

from datetime import timedelta

from domain.ids import PulseReportId, RoomId
from domain.pulse import ApiCall, Coverage, Entity, Named, Outline, PulseDraft, PulseReport, Section
from domain.users import Actor
from tests.contracts.stores import Stores

OUTLINE = Outline(
    "목표", ("로그인",), ("결제",), (Named("회원", "쓴다"),), (Entity("글", ("제목", "본문")),), (Named("목록"),),
    (ApiCall("GET", "/posts", "읽기"),), ("비밀번호는 10자",),
)  # fmt: skip


def a_report(stores: Stores, room: RoomId, summary: str = "요약", until: int = 0) -> PulseReport:
    draft = PulseDraft(summary, {Section.PEOPLE: "아나", Section.RISK_ANALYSIS: "- \\ | `"}, ("쉬세요",), OUTLINE)
    now = stores.clock.now()
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
