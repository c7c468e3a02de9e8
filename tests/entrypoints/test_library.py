"""Jarvis without a server."""

from datetime import UTC, datetime, timedelta

from application.calendar.drafts import Draft
from entrypoints.library import in_memory

MONDAY = datetime(2026, 3, 2, 3, tzinfo=UTC)


async def test_the_calendar_is_at_hand() -> None:
    jarvis = in_memory()
    ana, ben = await jarvis.somebody("ana@local"), await jarvis.somebody("ben@local")
    room = (await jarvis.rooms.create(ana, "출시", member_ids=[ben.id])).room
    draft = Draft("회의", MONDAY, MONDAY + timedelta(hours=1), rule="FREQ=WEEKLY;COUNT=3", room_id=room.id)
    planned = await jarvis.calendar.create(ana, draft)
    found = await jarvis.calendar.between(ben, MONDAY, MONDAY + timedelta(days=30))
    assert [each.event for each in found] == [planned.event] * 3
    assert await jarvis.calendar.find(ben, "회의", begin=MONDAY, end=MONDAY + timedelta(days=30)) == found
