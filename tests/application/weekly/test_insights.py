"""The week across one's rooms."""

from datetime import UTC, date, datetime

from application.insights import Insights
from application.matters import Draft
from domain.ids import RoomId
from domain.matters import Change, MatterKind, MatterState
from domain.users import Actor
from tests.application.weekly.office import SEOUL, Office
from tests.in_memory import InMemoryJarvis


async def test_an_outlook_is_of_ones_own_rooms_and_bounded(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    elsewhere = (await jarvis.room(outsider, title="몰래")).room.id
    await office.matters.add(outsider, elsewhere, MatterKind.TASK, Draft("not ana's", due=date(2020, 1, 1)))
    await office.made(outsider, elsewhere)
    await office.made(ben, room)
    add = office.matters.add
    late = await add(ben, room, MatterKind.TASK, Draft("late", due=date(2026, 2, 15)))
    later = await add(ben, room, MatterKind.DECISION, Draft("later still", due=date(2026, 2, 1)))
    today = await add(ben, room, MatterKind.TASK, Draft("today", due=date(2026, 2, 16)))
    done = await add(ben, room, MatterKind.TASK, Draft("done", due=date(2026, 2, 1)))
    await office.matters.change(ben, room, MatterKind.TASK, done.id, Change(state=MatterState.DONE))
    insights = Insights(jarvis.work, jarvis.clock, SEOUL)
    outlook = await insights.outlook(ana)
    assert outlook.week.monday == date(2026, 2, 16)
    assert (list(outlook.tasks), list(outlook.decisions)) == ([today, late], [later])
    assert list(outlook.overdue) == [later, late]
    assert [report.room_id for report in outlook.reports] == [room]
    # In Seoul it is the next day from 15:00 UTC on.
    office.until(datetime(2026, 2, 16, 15, tzinfo=UTC))
    assert list((await insights.outlook(ana)).overdue) == [later, late, today]
    for number in range(105):
        await add(ben, room, MatterKind.TASK, Draft(f"{number}", due=date(2026, 1, 1)))
    outlook = await insights.outlook(ana)
    assert (len(outlook.tasks), len(outlook.overdue), len(outlook.decisions)) == (100, 100, 1)
