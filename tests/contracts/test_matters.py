"""Decisions and tasks, as every store keeps them."""

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from application import matters as application_matters
from application.matters import Draft, Matters
from application.ports.matters import Choice
from domain.errors import AlreadyDeleted, DomainError, Forbidden, InvalidInput, NotFound
from domain.ids import MatterId, MessageId, RoomId, UserId
from domain.matter_events import MatterAdded, MatterRemoved, MatterUpdated
from domain.matters import Change, Matter, MatterKind, MatterState, Origin
from domain.messages import DELETED_TEXT
from domain.pulse_errors import TooManyMatters
from domain.rooms import Role
from domain.users import Actor
from tests.contracts.stores import Stores

TASK, DECISION = MatterKind.TASK, MatterKind.DECISION
DAY = date(2026, 3, 2)


@pytest.fixture
def matters(stores: Stores) -> Matters:
    return Matters(stores.work, stores.clock, stores.ids)


@pytest.fixture
async def said(stores: Stores, ben: Actor, room: RoomId) -> MessageId:
    return (await stores.say(room, ben, "보고서는  내가\n쓸게", "t1")).message_id


async def events(stores: Stores, room: RoomId) -> list[object]:
    kinds = MatterAdded | MatterUpdated | MatterRemoved
    return [logged.event for logged in await stores.log(room) if isinstance(logged.event, kinds)]


async def test_what_a_message_says_is_written_down_once(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    now = stores.clock.now()
    task = await matters.add(ana, room, TASK, Draft(source_id=said, owner_id=ben.id, due=DAY))
    assert task == Matter(
        id=task.id, room_id=room, kind=TASK, title="보고서는 내가 쓸게", state=MatterState.OPEN, origin=Origin.MARKED,
        created_at=now, updated_at=now, created_by=ana.id, owner_id=ben.id, due=DAY, source_id=said, quoted=True,
    )  # fmt: skip
    assert await matters.add(ben, room, TASK, Draft(title="again", source_id=said)) == task
    decision = await matters.add(
        ben, room, DECISION, Draft("Ben writes", "because", MatterState.DECIDED, None, None, said)
    )
    assert (decision.title, decision.note, decision.quoted) == ("Ben writes", "because", False)
    assert await matters.find(ben, room, TASK, task.id) == task
    assert await matters.of_room(ben, room, Choice(TASK)) == [task]
    assert await matters.of_room(ben, room, Choice()) == [decision, task]
    assert [logged.seq for logged in await stores.log(room)] == [1, 2, 3]
    assert await events(stores, room) == [MatterAdded(room, task), MatterAdded(room, decision)]
    assert [event.event for event in stores.recorder.logged(room)[1:]] == await events(stores, room)


async def test_lists_are_chosen_from_and_paged(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    other = await stores.room(outsider, ben)
    made = [await matters.add(ana, room, TASK, Draft(f"t{n}", owner_id=ben.id if n % 2 else None)) for n in range(5)]
    there = await matters.add(outsider, other, TASK, Draft("there", owner_id=ben.id))
    decision = await matters.add(ben, room, DECISION, Draft("d", owner_id=ben.id))
    done = await matters.change(ana, room, TASK, made[1].id, Change(state=MatterState.DONE))
    assert await matters.of_room(ana, room, Choice(TASK, MatterState.OPEN)) == [made[4], made[3], made[2], made[0]]
    assert await matters.of_room(ana, room, Choice(TASK), before=made[3].id, take=2) == [made[2], done]
    assert await matters.mine(ben, Choice(TASK)) == [there, made[3], done]
    assert await matters.mine(ben, Choice(TASK), before=there.id, take=1) == [made[3]]
    assert await matters.mine(ben, Choice(DECISION, MatterState.OPEN)) == [decision]
    assert await matters.mine(ana, Choice(TASK)) == []
    async with stores.work() as work:
        assert await work.matters.count(room, TASK) == 5
        assert await work.matters.of_reader(ana.id, Choice(DECISION), take=9) == [decision]
        assert await work.matters.of_reader(outsider.id, Choice(), take=9) == [there]


async def test_what_is_due_before_a_day_is_found(stores: Stores, matters: Matters, ana: Actor, room: RoomId) -> None:
    late = await matters.add(ana, room, TASK, Draft("late", due=date(2026, 3, 1)))
    await matters.add(ana, room, TASK, Draft("today", due=DAY))
    await matters.add(ana, room, TASK, Draft("some day"))
    late_too = await matters.add(ana, room, DECISION, Draft("late", due=date(2025, 12, 31), state=MatterState.DECIDED))
    assert await matters.of_room(ana, room, Choice(due_before=DAY)) == [late_too, late]
    async with stores.work() as work:
        open_ = Choice(state=MatterState.OPEN, due_before=DAY)
        assert await work.matters.of_reader(ana.id, open_, take=9) == [late]


async def test_a_change_is_told_and_one_that_changes_nothing_is_not(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId
) -> None:
    task = await matters.add(ana, room, TASK, Draft("Write", owner_id=ana.id))
    stores.clock.advance(1)
    wanted = Change("Write it ", "soon", MatterState.DONE, ben.id, DAY)
    changed = await matters.change(ben, room, TASK, task.id, wanted)
    assert changed == replace(
        task, title="Write it", note="soon", state=MatterState.DONE, owner_id=ben.id, due=DAY,
        updated_at=stores.clock.now(),
    )  # fmt: skip
    stores.clock.advance(1)
    assert await matters.change(ana, room, TASK, task.id, wanted) == changed
    bare = await matters.change(ana, room, TASK, task.id, Change(disowned=True, undated=True))
    assert (bare.owner_id, bare.due) == (None, None)
    # The log shows each as it stands now, what was published as it stood then.
    assert await events(stores, room) == [MatterAdded(room, bare), MatterUpdated(room, bare), MatterUpdated(room, bare)]
    assert [event.event for event in stores.recorder.logged(room)] == [
        MatterAdded(room, task), MatterUpdated(room, changed), MatterUpdated(room, bare),
    ]  # fmt: skip


async def test_what_is_removed_is_gone_from_every_list_and_from_the_replay(
    stores: Stores, matters: Matters, ana: Actor, room: RoomId, said: MessageId
) -> None:
    task = await matters.add(ana, room, TASK, Draft(source_id=said))
    await matters.change(ana, room, TASK, task.id, Change(state=MatterState.DONE))
    await matters.remove(ana, room, TASK, task.id)
    assert await matters.of_room(ana, room, Choice()) == []
    removed = MatterRemoved(room, TASK, task.id)
    assert await events(stores, room) == [removed, removed, removed]
    for gone in (
        matters.find(ana, room, TASK, task.id),
        matters.remove(ana, room, TASK, task.id),
        matters.change(ana, room, TASK, task.id, Change("x")),
    ):
        with pytest.raises(NotFound):
            await gone
    async with stores.work() as work:
        (kept,) = await work.matters.from_messages(room, [said])
        assert await work.matters.count(room, TASK) == 0
    assert (kept.title, kept.note, kept.removed_at) == ("", "", stores.clock.now())
    again = await matters.add(ana, room, TASK, Draft(source_id=said))
    assert again.id != task.id
    assert await matters.of_room(ana, room, Choice()) == [again]
    assert await events(stores, room) == [removed, removed, removed, MatterAdded(room, again)]


async def test_a_quote_follows_its_message_and_goes_with_it(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    quoted = await matters.add(ana, room, TASK, Draft(source_id=said, note="for Friday"))
    titled = await matters.add(ana, room, DECISION, Draft("Ben writes it", source_id=said))
    await stores.messages.edit(ben, room, said, "비밀번호는 1234")
    edited = await matters.find(ana, room, TASK, quoted.id)
    assert edited.title == "비밀번호는 1234"
    await stores.messages.delete(ben, room, said)
    deleted = await matters.find(ana, room, TASK, quoted.id)
    assert (deleted.title, deleted.note, deleted.quoted) == (DELETED_TEXT, "for Friday", False)
    assert await matters.find(ana, room, DECISION, titled.id) == titled
    assert "1234" not in repr(await stores.log(room))
    published = [event.event for event in stores.recorder.logged(room)]
    assert [type(event).__name__ for event in published[-4:]] == [
        "MessageEdited", "MatterUpdated", "MessageDeleted", "MatterUpdated",
    ]  # fmt: skip
    with pytest.raises(AlreadyDeleted):
        await matters.add(ana, room, TASK, Draft(source_id=said))


async def test_a_title_of_ones_own_stays_when_the_message_goes(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    task = await matters.add(ana, room, TASK, Draft(source_id=said))
    await matters.change(ana, room, TASK, task.id, Change("Ben's report"))
    await stores.messages.delete(ben, room, said)
    assert (await matters.find(ana, room, TASK, task.id)).title == "Ben's report"


@pytest.mark.parametrize("removed", [False, True])
async def test_who_leaves_owns_nothing_that_is_open(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId, removed: bool
) -> None:
    open_ = await matters.add(ana, room, TASK, Draft("open", owner_id=ben.id))
    done = await matters.add(ana, room, TASK, Draft("done", state=MatterState.DONE, owner_id=ben.id))
    others = await matters.add(ana, room, DECISION, Draft("ana's", owner_id=ana.id))
    if removed:
        await stores.roles.remove(ana, room, ben.id)
    else:
        await stores.rooms.leave(ben, room)
    ownerless = replace(open_, owner_id=None)
    assert await matters.of_room(ana, room, Choice()) == [others, done, ownerless]
    published = [event.event for event in stores.recorder.logged(room)]
    assert published[3] == MatterUpdated(room, ownerless)
    assert await matters.mine(ben, Choice()) == []


async def test_who_may_what(stores: Stores, matters: Matters, ana: Actor, ben: Actor, outsider: Actor) -> None:
    cho = await stores.person("Cho")
    room = await stores.room(ana, ben, cho)
    bens = await matters.add(ben, room, TASK, Draft("Ben's"))
    await matters.change(cho, room, TASK, bens.id, Change(state=MatterState.DONE))
    with pytest.raises(Forbidden):
        await matters.remove(cho, room, TASK, bens.id)
    async with stores.work() as work:
        await work.members.give_role(room, cho.id, Role.ADMIN)
    await matters.remove(cho, room, TASK, bens.id)
    own = await matters.add(ben, room, TASK, Draft("Ben's"))
    await matters.remove(ben, room, TASK, own.id)
    found = replace(own, id=MatterId(stores.ids.new()), origin=Origin.FOUND, created_by=None)
    async with stores.work() as work:
        await work.matters.add(found)
    await matters.remove(ben, room, TASK, found.id)
    for refused in (
        matters.add(outsider, room, TASK, Draft("x")),
        matters.change(outsider, room, TASK, bens.id, Change("x")),
        matters.remove(outsider, room, TASK, bens.id),
        matters.find(outsider, room, TASK, bens.id),
        matters.of_room(outsider, room, Choice()),
        matters.add(ana, RoomId(UUID(int=7)), TASK, Draft("x")),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_what_is_refused_changes_nothing(
    stores: Stores, matters: Matters, ana: Actor, outsider: Actor, room: RoomId, said: MessageId
) -> None:
    elsewhere = await stores.room(outsider)
    theirs = (await stores.say(elsewhere, outsider, "theirs")).message_id
    task = await matters.add(ana, room, TASK, Draft("Write"))
    before = await stores.log(room)
    stranger = UserId(outsider.id)
    refusals: list[tuple[object, type[DomainError]]] = [
        (matters.add(ana, room, TASK, Draft()), InvalidInput),
        (matters.add(ana, room, TASK, Draft(" ")), InvalidInput),
        (matters.add(ana, room, TASK, Draft("x" * 301)), InvalidInput),
        (matters.add(ana, room, TASK, Draft("a\x00b")), InvalidInput),
        (matters.add(ana, room, TASK, Draft("x", "n" * 4001)), InvalidInput),
        (matters.add(ana, room, TASK, Draft("x", state=MatterState.DECIDED)), InvalidInput),
        (matters.add(ana, room, TASK, Draft("x", owner_id=stranger)), InvalidInput),
        (matters.add(ana, room, TASK, Draft("x", source_id=theirs)), NotFound),
        (matters.change(ana, room, TASK, task.id, Change(state=MatterState.REVOKED)), InvalidInput),
        (matters.change(ana, room, TASK, task.id, Change(owner_id=stranger)), InvalidInput),
        (matters.change(ana, room, DECISION, task.id, Change("x")), NotFound),
    ]
    for refused, error in refusals:
        with pytest.raises(error):
            await refused  # type: ignore[misc]
    assert await stores.log(room) == before


async def test_a_room_has_its_limit(
    stores: Stores, matters: Matters, ana: Actor, room: RoomId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application_matters, "MATTERS_LIMIT", 2)
    first = await matters.add(ana, room, TASK, Draft("1"))
    await matters.add(ana, room, TASK, Draft("2"))
    await matters.add(ana, room, DECISION, Draft("1"))
    with pytest.raises(TooManyMatters):
        await matters.add(ana, room, TASK, Draft("3"))
    await matters.remove(ana, room, TASK, first.id)
    await matters.add(ana, room, TASK, Draft("3"))


async def test_of_many_who_write_down_the_same_at_once_one_does(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    made = await asyncio.gather(*(matters.add(who, room, TASK, Draft(source_id=said)) for who in (ana, ben) * 4))
    assert len({task.id for task in made}) == 1
    assert len(await events(stores, room)) == 1


async def test_they_go_with_their_room(
    stores: Stores, matters: Matters, ana: Actor, ben: Actor, room: RoomId, said: MessageId
) -> None:
    await matters.add(ana, room, TASK, Draft(source_id=said, owner_id=ana.id))
    await stores.rooms.delete(ana, room)
    assert await matters.mine(ana, Choice()) == []
    async with stores.work() as work:
        assert await work.matters.from_messages(room, [said]) == []
