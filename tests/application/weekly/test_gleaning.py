"""Decisions and tasks that are found in what was said."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from application.gleaning import KIND as MATTERS
from application.matters import Draft
from application.ports.matter_finder import Finding
from application.ports.matters import Choice
from domain.errors import ModelBusy
from domain.ids import JobId, RoomId
from domain.jobs import JobStatus
from domain.matter_events import MatterAdded
from domain.matters import Matter, MatterKind, MatterState, Origin
from domain.messages import DELETED_TEXT
from domain.users import Actor
from tests.application.weekly.office import MONDAY, Office
from tests.builders import eventually
from tests.in_memory import InMemoryJarvis


async def test_what_is_found_is_written_down_as_found_and_never_twice(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, ben: Actor, room: RoomId
) -> None:
    said = [await jarvis.messages.send(ben, room, text) for text in ("보고서 쓸게", "금요일로 확정", "안녕")]
    marked = await office.matters.add(ana, room, MatterKind.DECISION, Draft(source_id=said[1].message_id))
    office.scribe.findings = [
        Finding(MatterKind.TASK, MatterState.OPEN, "보고서 쓰기", 1, "ben", date(2026, 3, 2)),
        Finding(MatterKind.TASK, MatterState.OPEN, "the same again", 1),
        Finding(MatterKind.DECISION, MatterState.DECIDED, "금요일", 2, "Nobody"),
    ]
    office.until(MONDAY)
    await asyncio.gather(*(office.gleaning.renew() for _ in range(3)))
    assert len(office.weekly(MATTERS)) == 1
    await office.run(MATTERS, room)
    (found,) = await office.matters.of_room(ana, room, Choice(MatterKind.TASK))
    assert found == Matter(
        id=found.id, room_id=room, kind=MatterKind.TASK, title="보고서 쓰기", state=MatterState.OPEN,
        origin=Origin.FOUND, created_at=MONDAY, updated_at=MONDAY, owner_id=ben.id, due=date(2026, 3, 2),
        source_id=said[0].message_id, quoted=True,
    )  # fmt: skip
    assert await office.matters.of_room(ana, room, Choice(MatterKind.DECISION)) == [marked]
    assert office.weekly(MATTERS)[0].result == {"found": 1}
    assert jarvis.recorder.of(MatterAdded)[-1] == MatterAdded(room, found)
    await office.matters.remove(ben, room, MatterKind.TASK, found.id)
    async with jarvis.work() as work:
        await work.jobs.add(
            replace(office.weekly(MATTERS)[0], id=JobId(jarvis.ids.new()), key=None, attempt=0, status=JobStatus.QUEUED)
        )
        assert await work.gleaning_places.place(room) == 4
        jarvis.store.gleaned.put(room, 0)
    await office.run(MATTERS, room)
    assert len(office.scribe.looked_through) == 2
    assert await office.matters.of_room(ana, room, Choice(MatterKind.TASK)) == []


async def test_each_week_only_what_is_new_is_looked_through(office: Office, ana: Actor, room: RoomId) -> None:
    await office.jarvis.messages.send(ana, room, "하나")
    office.until(MONDAY)
    await office.gleaning.renew()
    await office.run(MATTERS, room)
    await office.jarvis.messages.send(ana, room, "둘")
    office.until(MONDAY + timedelta(days=7))
    await office.gleaning.renew()
    office.scribe.faults = [ModelBusy()]
    await office.run(MATTERS, room)
    office.jarvis.clock.advance(60)
    await office.run(MATTERS, room)
    assert [[said.text for said in one.said] for one in office.scribe.looked_through] == [["하나"], ["둘"], ["둘"]]
    office.until(MONDAY + timedelta(days=14))
    await office.gleaning.renew()
    assert len(office.weekly(MATTERS)) == 2


@pytest.mark.parametrize("deleted", [True, False])
async def test_what_is_edited_or_deleted_while_the_model_reads_says_nothing_old(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, room: RoomId, deleted: bool
) -> None:
    said = await jarvis.messages.send(ana, room, "비밀번호를 1234로 바꿀게요")
    office.scribe.findings = [Finding(MatterKind.TASK, MatterState.OPEN, "비밀번호 1234", 1)]
    office.until(MONDAY)
    await office.gleaning.renew()
    office.scribe.gate.clear()
    working = asyncio.create_task(office.run(MATTERS, room))
    await eventually(lambda: bool(office.scribe.looked_through))
    if deleted:
        await jarvis.messages.delete(ana, room, said.message_id)
    else:
        await jarvis.messages.edit(ana, room, said.message_id, "비밀번호를 바꿀게요")
    office.scribe.gate.set()
    await working
    titles = [one.title for one in await office.matters.of_room(ana, room, Choice())]
    assert titles == ([] if deleted else ["비밀번호를 바꿀게요"])


async def test_a_found_one_goes_with_its_message(
    office: Office, jarvis: InMemoryJarvis, ana: Actor, room: RoomId
) -> None:
    said = await jarvis.messages.send(ana, room, "비밀번호를 1234로 바꿀게요")
    office.scribe.findings = [Finding(MatterKind.TASK, MatterState.OPEN, "비밀번호 1234", 1)]
    office.until(MONDAY)
    await office.gleaning.renew()
    await office.run(MATTERS, room)
    await jarvis.messages.delete(ana, room, said.message_id)
    (found,) = await office.matters.of_room(ana, room, Choice())
    assert found.title == DELETED_TEXT
