"""Following rooms. The principle: what was fetched once plus the events since is what would be fetched now."""

from collections.abc import Awaitable, Callable

import pytest

from application.jarvis.ask import Question
from application.limits import Limits
from domain.errors import Forbidden
from domain.events import AnswerPosted
from domain.ids import MessageId, RoomId
from domain.rooms import Role
from domain.users import Actor
from tests.in_memory import InMemoryJarvis
from tests.replica import Replica


async def fetched(jarvis: InMemoryJarvis, actor: Actor, room_id: RoomId) -> Replica:
    """The room as somebody who comes anew sees it."""
    (title,) = [one.room.title for one in await jarvis.rooms.mine(actor) if one.room.id == room_id]
    members = {one.user.id: (one.user.name, one.member.role) for one in await jarvis.rooms.members(actor, room_id)}
    return Replica.of(title, members, await jarvis.messages.history(actor, room_id, take=200))


class Talk:
    """A room in which something has happened already."""

    def __init__(self, jarvis: InMemoryJarvis, owner: Actor, guest: Actor, other: Actor, room_id: RoomId) -> None:
        self.jarvis = jarvis
        self.owner, self.guest, self.other = owner, guest, other
        self.room_id = room_id
        self.said: list[MessageId] = []

    async def say(self, text: str) -> None:
        posted = await self.jarvis.messages.send(self.owner, self.room_id, text)
        self.said.append(posted.message_id)

    async def answer(self, prompt: str = "언제?") -> None:
        await self.jarvis.asking.ask(self.owner, self.room_id, Question(prompt))
        await self.jarvis.answering.answer(f"room:{self.room_id}")


@pytest.fixture
async def talk(jarvis: InMemoryJarvis, ana: Actor, ben: Actor, outsider: Actor) -> Talk:
    talk = Talk(jarvis, ana, ben, outsider, (await jarvis.room(ana, ben)).room.id)
    for number in range(4):
        await talk.say(str(number))
    return talk


async def _edit_then_delete(talk: Talk) -> None:
    await talk.jarvis.messages.edit(talk.owner, talk.room_id, talk.said[1], "edited first")
    await talk.jarvis.messages.delete(talk.owner, talk.room_id, talk.said[1])


async def _say_and_take_back(talk: Talk) -> None:
    await talk.say("never mind")
    await talk.jarvis.messages.delete(talk.owner, talk.room_id, talk.said[-1])


async def _come_and_go(talk: Talk) -> None:
    await talk.jarvis.rooms.invite(talk.owner, talk.room_id, [talk.other.id])
    await talk.jarvis.rooms.leave(talk.other, talk.room_id)


async def _rename_twice(talk: Talk) -> None:
    for title in ("one", "two"):
        await talk.jarvis.rooms.rename(talk.owner, talk.room_id, title)


async def _leave_and_come_back(talk: Talk) -> None:
    await talk.jarvis.rooms.leave(talk.guest, talk.room_id)
    await talk.jarvis.rooms.invite(talk.owner, talk.room_id, [talk.guest.id])


async def _rise_and_leave(talk: Talk) -> None:
    await talk.jarvis.roles.give(talk.owner, talk.room_id, talk.guest.id, Role.ADMIN)
    await talk.jarvis.rooms.leave(talk.guest, talk.room_id)
    await talk.jarvis.rooms.invite(talk.owner, talk.room_id, [talk.guest.id])


async def _hand_over_and_back(talk: Talk) -> None:
    await talk.jarvis.roles.give(talk.owner, talk.room_id, talk.guest.id, Role.OWNER)
    await talk.jarvis.roles.give(talk.guest, talk.room_id, talk.owner.id, Role.OWNER)


async def _reply_and_reply_to_that(talk: Talk) -> None:
    first = await talk.jarvis.messages.send(talk.guest, talk.room_id, "yes", reply_to=talk.said[0])
    await talk.jarvis.messages.send(talk.owner, talk.room_id, "no", reply_to=first.message_id)


async def _reply_between_edits_of_the_root(talk: Talk) -> None:
    for number in range(3):
        await talk.jarvis.messages.send(talk.guest, talk.room_id, str(number), reply_to=talk.said[3])
        await talk.jarvis.messages.edit(talk.owner, talk.room_id, talk.said[3], f"edited {number}")


async def _react_and_think_better_of_it(talk: Talk) -> None:
    await talk.jarvis.reacting.add(talk.guest, talk.room_id, talk.said[3], "👍")
    await talk.jarvis.reacting.add(talk.owner, talk.room_id, talk.said[3], "👍")
    await talk.jarvis.reacting.remove(talk.guest, talk.room_id, talk.said[3], "👍")


async def _pin_and_unpin(talk: Talk) -> None:
    for message_id in (talk.said[0], talk.said[3]):
        await talk.jarvis.pins.add(talk.guest, talk.room_id, message_id)
    await talk.jarvis.pins.remove(talk.owner, talk.room_id, talk.said[3])


async def _mark_then_delete(talk: Talk) -> None:
    await talk.say("@Ben see this")
    message_id = talk.said[-1]
    await talk.jarvis.messages.send(talk.guest, talk.room_id, "seen", reply_to=message_id)
    await talk.jarvis.reacting.add(talk.guest, talk.room_id, message_id, "🎉")
    await talk.jarvis.pins.add(talk.guest, talk.room_id, message_id)
    await talk.jarvis.messages.delete(talk.owner, talk.room_id, message_id)


CHANGES: dict[str, Callable[[Talk], Awaitable[object]]] = {
    "posted": lambda talk: talk.say("new"),
    "edited": lambda talk: talk.jarvis.messages.edit(talk.owner, talk.room_id, talk.said[2], "edited"),
    "deleted": lambda talk: talk.jarvis.messages.delete(talk.owner, talk.room_id, talk.said[2]),
    "edited, then deleted": _edit_then_delete,
    "posted, then deleted": _say_and_take_back,
    "replied": _reply_and_reply_to_that,
    "replied between edits": _reply_between_edits_of_the_root,
    "reacted": _react_and_think_better_of_it,
    "pinned": _pin_and_unpin,
    "mentioned": lambda talk: talk.say("@Ben @room"),
    "mentioned by an edit": lambda talk: talk.jarvis.messages.edit(talk.owner, talk.room_id, talk.said[0], "@Ben"),
    "marked, then deleted": _mark_then_delete,
    "answered": lambda talk: talk.answer(),
    "joined": lambda talk: talk.jarvis.rooms.invite(talk.owner, talk.room_id, [talk.other.id]),
    "left": lambda talk: talk.jarvis.rooms.leave(talk.guest, talk.room_id),
    "came and went": _come_and_go,
    "left and came back": _leave_and_come_back,
    "renamed": _rename_twice,
    "rose": lambda talk: talk.jarvis.roles.give(talk.owner, talk.room_id, talk.guest.id, Role.ADMIN),
    "rose, then left and came back": _rise_and_leave,
    "handed over and back": _hand_over_and_back,
    "removed": lambda talk: talk.jarvis.roles.remove(talk.owner, talk.room_id, talk.guest.id),
}
ONCE = (CHANGES["joined"], CHANGES["left"], CHANGES["removed"])
"""What leaves nobody to come and go after it."""

AS_BEFORE = (CHANGES["came and went"], CHANGES["left and came back"], CHANGES["rose, then left and came back"])


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_what_was_known_and_the_events_since_are_what_is_there_now(
    talk: Talk, change: Callable[[Talk], Awaitable[object]]
) -> None:
    jarvis, room_id = talk.jarvis, talk.room_id
    known = await fetched(jarvis, talk.owner, room_id)
    since = (await jarvis.streams.join(talk.owner, room_id, None)).newest
    jarvis.recorder.events.clear()
    await change(talk)

    now = await fetched(jarvis, talk.owner, room_id)
    assert now != known or change in AS_BEFORE
    heard = [logged.event for logged in jarvis.recorder.logged(room_id)]
    replayed = (await jarvis.streams.join(talk.owner, room_id, since)).events
    assert known.copy().hear(heard) == now, "for one who listened"
    assert known.copy().hear(logged.event for logged in replayed) == now, "for one who was away"
    assert [logged.seq for logged in replayed] == list(range(since + 1, since + 1 + len(heard)))


async def test_from_wherever_one_was_one_gets_to_what_is_there_now(talk: Talk) -> None:
    jarvis, room_id = talk.jarvis, talk.room_id
    states = {4: await fetched(jarvis, talk.owner, room_id)}
    for change in CHANGES.values():
        if change in ONCE:
            continue
        await change(talk)
        newest = (await jarvis.streams.newest([room_id]))[room_id]
        states[newest] = await fetched(jarvis, talk.owner, room_id)
    now = states[max(states)]
    assert len(states) == len(CHANGES) - len(ONCE) + 1
    for since, state in states.items():
        catchup = await jarvis.streams.join(talk.owner, room_id, since)
        assert state.hear(logged.event for logged in catchup.events) == now


async def test_who_joins_without_a_seq_hears_only_where_the_room_stands(talk: Talk) -> None:
    catchup = await talk.jarvis.streams.join(talk.guest, talk.room_id, None)
    assert (catchup.events, catchup.newest, catchup.position, catchup.resync) == ((), 4, 4, False)


async def test_who_has_heard_everything_gets_nothing(talk: Talk) -> None:
    catchup = await talk.jarvis.streams.join(talk.guest, talk.room_id, 4)
    assert (list(catchup.events), catchup.newest, catchup.resync) == ([], 4, False)


@pytest.mark.parametrize("since", [5, 2**40, -1])
async def test_who_is_ahead_of_the_room_begins_anew(talk: Talk, since: int) -> None:
    catchup = await talk.jarvis.streams.join(talk.guest, talk.room_id, since)
    assert (list(catchup.events), catchup.newest, catchup.resync) == ([], 4, True)


async def test_who_is_further_back_than_the_log_begins_anew(talk: Talk) -> None:
    del talk.jarvis.store.contents[talk.room_id].log.items[:2]
    for since, resync, seqs in ((0, True, []), (1, True, []), (2, False, [3, 4]), (3, False, [4])):
        catchup = await talk.jarvis.streams.join(talk.guest, talk.room_id, since)
        assert (catchup.resync, [event.seq for event in catchup.events]) == (resync, seqs)


async def test_a_long_replay_comes_in_pages() -> None:
    jarvis = InMemoryJarvis(limits=Limits(replay_page=3))
    ana = await jarvis.person("Ana")
    room_id = (await jarvis.room(ana)).room.id
    for number in range(8):
        await jarvis.messages.send(ana, room_id, str(number))
    position, seqs = 0, list[int]()
    while (catchup := await jarvis.streams.join(ana, room_id, position)).position != position:
        assert len(catchup.events) <= 3
        seqs += [event.seq for event in catchup.events]
        position = catchup.position
    assert seqs == list(range(1, 9))
    assert [event.seq for event in await jarvis.streams.missing(room_id, 5)] == [6, 7, 8]
    assert await jarvis.streams.missing(RoomId(jarvis.ids.new()), 0) == []


async def test_only_members_follow(talk: Talk) -> None:
    for since in (None, 0, 99):
        with pytest.raises(Forbidden):
            await talk.jarvis.streams.join(talk.other, talk.room_id, since)


async def test_newest_leaves_out_rooms_that_are_gone(talk: Talk) -> None:
    gone = (await talk.jarvis.room(talk.owner)).room.id
    await talk.jarvis.rooms.delete(talk.owner, gone)
    assert await talk.jarvis.streams.newest([talk.room_id, gone]) == {talk.room_id: 4}


async def test_an_answer_is_an_event_like_any_other(talk: Talk) -> None:
    await talk.answer()
    (replayed,) = (await talk.jarvis.streams.join(talk.guest, talk.room_id, 4)).events
    assert isinstance(replayed.event, AnswerPosted)
    assert [replayed.event] == talk.jarvis.recorder.of(AnswerPosted)
