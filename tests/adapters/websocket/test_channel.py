"""A room's events come to every socket in order and once, whatever the bus does."""

import asyncio
import random

from domain.answer_events import AnswerChunk
from domain.calls import SignalType
from domain.ids import RoomId
from domain.users import Actor
from tests.adapters.websocket.rig import Rig
from tests.builders import eventually

Talk = tuple[RoomId, Actor, Actor]


async def test_events_go_to_every_socket_of_the_room(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    ears = [await rig.socket(ana, room_id), await rig.socket(ana, room_id), await rig.socket(ben, room_id)]
    outside = await rig.socket(ben)
    await rig.say(ana, room_id, "one", "two")
    rig.bus.deliver()
    await rig.quiet()
    assert [ear.seqs for ear in ears] == [[1, 2]] * 3
    assert outside.events == []


async def test_what_one_turn_brings_leaves_in_one_write(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    other = (await rig.jarvis.room(ana, ben)).room.id
    ears = [await rig.socket(ana, room_id, other), await rig.socket(ben, room_id, other)]
    before = [len(ear.wire.writes) for ear in ears]
    await rig.say(ana, room_id, *(str(number) for number in range(20)))
    await rig.say(ben, other, *(str(number) for number in range(20)))
    rig.bus.deliver()
    ears[0].connection.tell("error", {"message": "BAD_JSON"})
    await rig.quiet()
    assert [len(ear.wire.writes) - count for ear, count in zip(ears, before, strict=True)] == [1, 1]
    assert [len(ear.events) - 2 for ear in ears] == [41, 40]


async def test_a_gap_is_filled_from_the_log_before_what_follows_is_sent(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one", "two")
    rig.bus.lose()
    await rig.say(ana, room_id, "three")
    rig.bus.deliver()
    await rig.quiet()
    assert [payload["content"] for payload in ear.payloads("message.new")] == ["one", "two", "three"]
    assert ear.seqs == [1, 2, 3]


async def test_a_long_gap_is_filled_page_by_page() -> None:
    rig = Rig(replay_page=3)
    room_id, (ana,) = await rig.people_in_a_room("Ana")
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, *map(str, range(10)))
    rig.bus.lose()
    await rig.say(ana, room_id, "last")
    rig.bus.deliver()
    await rig.quiet()
    assert ear.seqs == list(range(1, 12))


async def test_what_comes_again_is_not_sent_again(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one", "two", "three")
    notices = rig.bus.lose()
    rig.bus.receive([*notices, *notices, notices[0], notices[2]])
    rig.bus.receive(notices)
    await rig.quiet()
    assert ear.seqs == [1, 2, 3]


async def test_whatever_order_and_losses_the_log_is_what_is_sent(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    ears = [await rig.socket(ana, room_id), await rig.socket(ben, room_id)]
    fate = random.Random(1)
    for number in range(60):
        await rig.say(ana, room_id, *(f"{number}/{turn}" for turn in range(fate.randint(1, 4))))
        if fate.random() < 0.4:
            notices = rig.bus.lose()
            brought = fate.choices(notices, k=fate.randint(0, 2 * len(notices)))
            rig.bus.receive(brought)
        if fate.random() < 0.3:
            await rig.quiet()
    await rig.hub.compare()
    await rig.quiet()
    newest = (await rig.jarvis.everything(room_id))[-1].seq
    assert [ear.seqs for ear in ears] == [list(range(1, newest + 1))] * 2


async def test_a_lost_last_event_is_found_by_comparing(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one")
    rig.bus.lose()
    await rig.quiet()
    assert ear.seqs == []
    await rig.hub.compare()
    await rig.quiet()
    assert ear.seqs == [1]


async def test_the_bus_coming_back_brings_what_was_lost(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one")
    rig.bus.lose()
    rig.bus.come_back()
    await eventually(lambda: ear.seqs == [1])


async def test_comparing_goes_on_by_the_clock_also_after_the_store_was_away(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    watch = asyncio.ensure_future(rig.hub.keep_watch(compare_seconds=5, look_seconds=60, heartbeat_turns=0))
    await rig.jarvis.clock.sleepers(2)
    await rig.say(ana, room_id, "one")
    rig.bus.lose()
    rig.streams.away = True
    reads = rig.streams.reads
    rig.jarvis.clock.advance(5)
    await eventually(lambda: rig.streams.reads > reads)
    rig.streams.away = False
    await rig.jarvis.clock.sleepers(2)
    assert ear.seqs == []
    rig.jarvis.clock.advance(5)
    await eventually(lambda: ear.seqs == [1])
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def test_a_repair_that_fails_is_made_up_for_when_more_comes(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one")
    rig.bus.lose()
    await rig.say(ana, room_id, "two")
    rig.streams.away = True
    rig.bus.deliver()
    await rig.quiet()
    assert ear.seqs == []
    rig.streams.away = False
    await rig.say(ana, room_id, "three")
    rig.bus.deliver()
    await rig.quiet()
    assert ear.seqs == [1, 2, 3]


async def test_what_comes_while_a_gap_is_being_filled_is_not_lost(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one")
    rig.bus.lose()
    await rig.say(ana, room_id, "two")

    async def more_comes() -> None:
        await rig.say(ana, room_id, "three", "four")
        rig.bus.deliver()

    rig.streams.before("missing", more_comes)
    rig.bus.deliver()
    await rig.quiet()
    assert ear.seqs == [1, 2, 3, 4]


async def test_a_gap_is_filled_with_what_stands_now(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    posted = await rig.jarvis.messages.send(ana, room_id, "secret")
    await rig.jarvis.messages.delete(ana, room_id, posted.message_id)
    rig.bus.receive(rig.bus.lose()[1:])
    await rig.quiet()
    assert ear.types == ["room.joined", "message.new", "message.deleted"]
    assert ear.payloads("message.new")[0]["content"] == "(삭제된 메시지)"


async def test_what_passes_by_keeps_its_place_and_is_not_repeated(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    rig.bus.at_once()
    for number in range(3):
        await rig.say(ana, room_id, str(number))
        rig.jarvis.publication.publish([AnswerChunk(room_id, "request", number, "x")])
    await rig.quiet()
    assert ear.types[1:] == ["message.new", "bot.stream"] * 3


async def test_a_signal_is_not_heard_where_it_came_from(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    calling, other, called = [await rig.socket(who, room_id) for who in (ana, ana, ben)]
    rig.bus.at_once()
    await rig.say(ana, room_id, "before")
    await rig.jarvis.calls.signal(ana, room_id, SignalType.HANGUP, {}, calling.connection.id)
    await rig.say(ana, room_id, "after")
    await rig.quiet()
    assert calling.types[1:] == ["message.new", "message.new"]
    assert other.types[1:] == called.types[1:] == ["message.new", "rtc.hangup", "message.new"]


async def test_who_is_removed_hears_all_before_and_nothing_after(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    stays, first, second = [await rig.socket(who, room_id) for who in (ana, ben, ben)]
    await rig.say(ana, room_id, "before")
    await rig.jarvis.rooms.leave(ben, room_id)
    await rig.say(ana, room_id, "after")
    rig.bus.deliver()
    await rig.quiet()
    assert stays.seqs == [1, 2, 3]
    for ear in (first, second):
        assert ear.types == ["room.joined", "message.new", "room.left"]
        assert room_id not in ear.connection.channels


async def test_who_is_removed_by_an_event_that_the_bus_lost_is_cut_off_when_it_is_found(rig: Rig, talk: Talk) -> None:
    room_id, ana, ben = talk
    stays, cut = await rig.socket(ana, room_id), await rig.socket(ben, room_id)
    await rig.jarvis.rooms.leave(ben, room_id)
    rig.bus.lose()
    await rig.say(ana, room_id, "after")
    rig.bus.deliver()
    await rig.quiet()
    assert stays.types == ["room.joined", "room.member.removed", "message.new"]
    assert cut.types == ["room.joined"]


async def test_only_the_last_look_of_a_gap_that_failed_is_forgotten_not_the_place(rig: Rig, talk: Talk) -> None:
    room_id, ana, _ = talk
    ear = await rig.socket(ana, room_id)
    await rig.say(ana, room_id, "one")
    rig.bus.lose()
    rig.streams.away = True
    await rig.say(ana, room_id, "two")
    rig.bus.deliver()
    await rig.quiet()
    rig.streams.away = False
    await rig.hub.compare()
    await rig.quiet()
    assert ear.seqs == [1, 2]
