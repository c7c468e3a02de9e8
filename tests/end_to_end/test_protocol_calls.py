"""Call signalling: passed on as it came, to everybody but the socket it came from."""

from typing import Any

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Person

SDP = {"type": "offer", "sdp": "v=0\r\no=- 46117 2 IN IP4 127.0.0.1\r\n", "n": 1.5, "deep": [[None, True, "말"]]}
CANDIDATE = {"candidate": "candidate:1 1 UDP 2122 192.0.2.1 3478 typ host", "sdpMid": "0", "sdpMLineIndex": 0}


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("rtc.offer", {"sdp": SDP}),
        ("rtc.offer", {"sdp": "v=0\r\n"}),
        ("rtc.answer", {"sdp": {**SDP, "type": "answer"}}),
        ("rtc.ice", {"candidate": CANDIDATE}),
        ("rtc.ice", {"candidate": None}),
        ("rtc.hangup", {}),
    ],
)
async def test_a_signal_is_passed_on(ana: Person, ben: Person, room: str, type_: str, body: dict[str, Any]) -> None:
    async with await ana.connect(room) as calling, await ana.connect(room) as other, await ben.connect(room) as bens:
        await calling.say(type_, roomId=room, **body, fromUserId=ben.id, unknown="ignored")
        for socket in (bens, other):
            assert (await socket.expect(type_)).payload == {"roomId": room, "fromUserId": ana.id, **body}
        await calling.settled()
        await calling.join(room)
        assert calling.told(type_) == []


async def test_signals_keep_their_order_among_messages(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        for number in range(10):
            await anas.say("rtc.ice", roomId=room, candidate=number)
            await anas.say("message.send", roomId=room, content=str(number))
        await bens.expect("message.new", content="9")
        assert bens.types[1:] == ["rtc.ice", "message.new"] * 10
        assert [event["candidate"] for event in bens.told("rtc.ice")] == list(range(10))


async def test_a_signal_leaves_no_trace(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("rtc.hangup", roomId=room)
        await bens.expect("rtc.hangup")
        assert (await bens.join(room, since=0))["seq"] == 0
    assert await ana.history(room) == []


async def test_who_is_no_member_signals_nobody_and_hears_nothing(ana: Person, cho: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await cho.connect() as chos:
        for room_id in (room, UNKNOWN_ID):
            await chos.say("rtc.offer", roomId=room_id, sdp=SDP)
            assert await chos.refused(roomId=room_id) == "FORBIDDEN"
        await anas.say("rtc.hangup", roomId=room)
        await anas.settled()
        await chos.settled()
        assert anas.types == ["room.joined"]
        assert set(chos.types) == {"error"}


async def test_who_has_left_signals_nobody(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as calling, await ben.connect() as leaving:
        await leaving.say("room.leave", roomId=room)
        await calling.expect("room.left")
        await calling.say("rtc.offer", roomId=room, sdp=SDP)
        assert await calling.refused(roomId=room) == "FORBIDDEN"
        await anas.settled()
        assert anas.told("rtc.offer") == []
