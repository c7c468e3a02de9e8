"""Coming into a room while things happen there."""

from functools import partial

import pytest

from adapters.websocket import joining
from domain.calls import SignalType
from domain.errors import Forbidden, Unavailable
from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.websocket.rig import STEPS, Rig, join

Talk = tuple[RoomId, Actor, Actor]


async def _out_he_goes(rig: Rig, room_id: RoomId, he: Actor, other: Actor, *said: str) -> None:
    """He leaves the room, and the other one says this behind his back."""
    await rig.jarvis.rooms.leave(he, room_id)
    await rig.say(other, room_id, *said)


@pytest.mark.parametrize("since", [None, 0, 2, 3])
@pytest.mark.parametrize("step", STEPS)
async def test_what_is_said_meanwhile_is_heard_once(rig: Rig, talk: Talk, step: str, since: int | None) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    stays, ear = await rig.socket(ana, room_id), await rig.socket(ben)
    await rig.say(ana, room_id, "one", "two", "three")
    rig.streams.before(step, lambda: rig.say(ana, room_id, "meanwhile", "and again"))
    await join(rig, ear, room_id, since)
    await rig.say(ana, room_id, "after")
    await rig.quiet()
    assert stays.seqs == [1, 2, 3, 4, 5, 6]
    in_at = ear.types.index("room.joined")
    newest = ear.payloads("room.joined")[0]["seq"]
    if since is None:
        assert ear.seqs in ([6], [4, 5, 6])
    else:
        assert ear.seqs == list(range(since + 1, 7))
    assert ear.seqs[:in_at] == list(range(newest - in_at + 1, newest + 1))


@pytest.mark.parametrize("since", [0, 2, 3])
@pytest.mark.parametrize("step", ["join", "joined"])
async def test_who_joins_again_hears_the_same_again_and_goes_on(rig: Rig, talk: Talk, step: str, since: int) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ear = await rig.socket(ben, room_id)
    await rig.say(ana, room_id, "one", "two", "three")
    await rig.quiet()
    rig.streams.before(step, lambda: rig.say(ana, room_id, "meanwhile", "and again"))
    await join(rig, ear, room_id, since)
    await rig.say(ana, room_id, "after")
    await rig.quiet()
    assert ear.seqs == [1, 2, 3, *range(since + 1, 7)]
    await join(rig, ear, room_id)
    assert ear.seqs == [1, 2, 3, *range(since + 1, 7)], "without a seq it is only answered"


async def test_what_the_bus_has_lost_meanwhile_is_found_before_the_socket_is_in(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    stays = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one", "two", "three")
    rig.bus.lose()
    ear = await rig.socket(ben)
    await join(rig, ear, room_id, since=0)
    assert ear.seqs == stays.seqs == [1, 2, 3]
    await rig.say(ana, room_id, "four")
    rig.bus.deliver()
    await rig.quiet()
    assert ear.seqs == stays.seqs == [1, 2, 3, 4]


async def test_notices_that_come_late_are_not_heard_again(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one", "two")
    late = rig.bus.lose()

    async def bring() -> None:
        rig.bus.receive(late)

    for step in ("joined", "unfinished_answer"):
        ear = await rig.socket(ben)
        rig.streams.before(step, bring)
        await join(rig, ear, room_id, since=0)
        rig.bus.receive(late)
        await rig.quiet()
        assert ear.seqs == [1, 2]


async def test_notices_that_come_before_the_place_is_known_are_kept(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    ear = await rig.socket(ben)

    async def talk_on() -> None:
        await rig.say(ana, room_id, "one", "two", "three")
        notices = rig.bus.lose()
        rig.bus.receive([notices[2], notices[0]])

    rig.streams.before("joined", talk_on)
    await join(rig, ear, room_id)
    assert ear.seqs == [1, 2, 3]


async def test_more_than_is_kept_of_what_happens_meanwhile_is_read_again(
    rig: Rig, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "WAITING_LIMIT", 4)
    room_id, ana, ben = talk
    rig.bus.at_once()
    stays = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, *map(str, range(5)))
    ear = await rig.socket(ben)
    rig.streams.before("joined", lambda: rig.say(ana, room_id, *map(str, range(5, 20))))
    await join(rig, ear, room_id, since=0)
    await rig.say(ana, room_id, "after")
    await rig.quiet()
    assert ear.seqs == stays.seqs == list(range(1, 22))


async def test_replay_waits_for_the_reader_between_pages() -> None:
    rig = Rig(replay_page=5)
    room_id, (ana,) = await rig.people_in_a_room("Ana")
    await rig.say(ana, room_id, *map(str, range(23)))
    ear = await rig.socket(ana)
    await join(rig, ear, room_id, since=0)
    assert ear.seqs == list(range(1, 24))
    assert ear.drained == 4


@pytest.mark.parametrize(("step", "heard_before"), [("joined", False), ("unfinished_answer", False), ("joined", True)])
async def test_who_is_removed_meanwhile_is_not_let_in(rig: Rig, talk: Talk, step: str, heard_before: bool) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    await rig.socket(ana, room_id)
    ear = await rig.socket(ben, *([room_id] if heard_before else []))

    rig.streams.before(step, partial(_out_he_goes, rig, room_id, ben, ana, "behind his back"))
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id, 0)
    await rig.say(ana, room_id, "and again")
    await rig.quiet()
    assert "message.new" not in ear.types
    assert room_id not in ear.connection.channels


async def test_who_is_removed_while_reading_on_is_shown_nothing_after() -> None:
    rig = Rig(replay_page=2)
    room_id, (ana, ben) = await rig.people_in_a_room("Ana", "Ben")
    rig.bus.at_once()
    await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one", "two", "three")

    ear = await rig.socket(ben)
    rig.streams.before("missing", partial(_out_he_goes, rig, room_id, ben, ana, "behind his back"))
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id, 0)
    await rig.quiet()
    assert set(ear.seqs) <= {1, 2, 3}


async def test_who_is_removed_amid_more_than_is_kept_is_not_let_in(
    rig: Rig, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "WAITING_LIMIT", 4)
    room_id, ana, ben = talk
    rig.bus.at_once()
    await rig.socket(ana, room_id)

    ear = await rig.socket(ben)
    rig.streams.before("joined", partial(_out_he_goes, rig, room_id, ben, ana, *map(str, range(10))))
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id)
    await rig.say(ana, room_id, "after")
    await rig.quiet()
    assert ear.seqs == []


async def test_who_is_removed_and_added_again_comes_in_at_the_next_try(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()

    async def out_and_in() -> None:
        await rig.jarvis.rooms.leave(ben, room_id)
        await rig.jarvis.rooms.invite(ana, room_id, [ben.id])

    ear = await rig.socket(ben)
    rig.streams.before("joined", out_and_in)
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id, 0)
    await join(rig, ear, room_id, since=0)
    assert ear.seqs == [1, 2]


@pytest.mark.parametrize("since", [None, 0])
@pytest.mark.parametrize("step", ["joined", "unfinished_answer"])
async def test_a_room_deleted_meanwhile_is_told_once(rig: Rig, talk: Talk, since: int | None, step: str) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    await rig.say(ana, room_id, "one", "two")
    ear = await rig.socket(ben)
    rig.streams.before(step, lambda: rig.jarvis.rooms.delete(ana, room_id))
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id, since)
    await rig.quiet()
    assert ear.types.count("room.deleted") == 1
    assert room_id not in ear.connection.channels


async def test_a_room_deleted_while_somebody_joins_again_is_told_once(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ear = await rig.socket(ben, room_id)
    rig.streams.before("joined", lambda: rig.jarvis.rooms.delete(ana, room_id))
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id, 0)
    await rig.quiet()
    assert ear.types == ["room.joined", "room.deleted"]


async def test_a_room_deleted_while_a_gap_is_filled_is_told_once(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    stays = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one", "two")
    rig.bus.lose()
    rig.bus.at_once()
    ear = await rig.socket(ben)
    rig.streams.before("missing", lambda: rig.jarvis.rooms.delete(ana, room_id))
    with pytest.raises(Forbidden):
        await rig.hub.join(ear.connection, room_id)
    await rig.quiet()
    assert stays.types == ["room.joined", "room.deleted"]
    assert ear.types == ["room.deleted"]


async def test_a_new_title_given_meanwhile_is_told_once(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    for step in STEPS:
        ear = await rig.socket(ben)
        rig.streams.before(step, lambda: rig.jarvis.rooms.rename(ana, room_id, "New"))
        await join(rig, ear, room_id)
        assert ear.types.count("room.updated") == 1, step


async def test_a_store_that_is_away_lets_nobody_in_until_it_is_back(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    await rig.socket(ana, room_id)
    ear = await rig.socket(ben)
    rig.streams.away = True
    with pytest.raises(Unavailable):
        await rig.hub.join(ear.connection, room_id, 0)
    await rig.say(ana, room_id, "one")
    await rig.quiet()
    assert ear.events == []
    assert room_id not in ear.connection.channels
    rig.streams.away = False
    await join(rig, ear, room_id, since=0)
    assert ear.seqs == [1]


async def away(rig: Rig) -> None:
    rig.streams.away = True


async def test_who_was_in_stays_in_when_joining_again_fails(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ear = await rig.socket(ben, room_id)

    async def talk_and_fail() -> None:
        await rig.say(ana, room_id, "meanwhile")
        await away(rig)

    rig.streams.before("join", talk_and_fail)
    with pytest.raises(Unavailable):
        await rig.hub.join(ear.connection, room_id, 0)
    await rig.say(ana, room_id, "after")
    await rig.quiet()
    assert ear.seqs == [1, 2]


async def test_who_was_in_and_is_removed_stays_out_when_joining_again_fails(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    stays, ear = await rig.socket(ana, room_id), await rig.socket(ben, room_id)

    async def leave_and_fail() -> None:
        await rig.jarvis.rooms.leave(ben, room_id)
        await away(rig)

    rig.streams.before("join", leave_and_fail)
    with pytest.raises((Unavailable, Forbidden)):
        await rig.hub.join(ear.connection, room_id, 0)
    await rig.say(ana, room_id, "behind his back")
    await rig.quiet()
    assert stays.seqs == [1, 2]
    assert "message.new" not in ear.types


async def test_a_signal_that_passes_meanwhile_is_heard_but_not_by_who_sent_it(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    rig.bus.at_once()
    ear = await rig.socket(ben)

    async def call() -> None:
        await rig.jarvis.calls.signal(ana, room_id, SignalType.OFFER, {"sdp": "theirs"}, "theirs")
        await rig.jarvis.calls.signal(ben, room_id, SignalType.OFFER, {"sdp": "mine"}, ear.connection.id)

    rig.streams.before("joined", call)
    await join(rig, ear, room_id)
    assert [payload["sdp"] for payload in ear.payloads("rtc.offer")] == ["theirs"]
