"""Call signalling: passed on as it came, to everybody but the socket it came from; and who is in a call."""

import asyncio
import base64
from asyncio.subprocess import PIPE
from typing import Any
from uuid import UUID

import pytest

from domain.ids import RoomId
from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.conftest import OpenServer, Server

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


async def test_a_signal_to_one_member_goes_to_all_their_sockets_and_to_nobody_else(
    ana: Person, ben: Person, cho: Person, room: str
) -> None:
    await ana.invite(room, cho)
    async with (
        await ana.connect(room) as calling,
        await ana.connect(room) as other,
        await ben.connect(room) as bens,
        await ben.connect() as aside,
        await cho.connect(room) as chos,
    ):
        await calling.say("rtc.offer", roomId=room, sdp=SDP, toUserId=ben.id)
        for socket in (bens, aside):
            told = (await socket.expect("rtc.offer")).payload
            assert told == {"roomId": room, "fromUserId": ana.id, "toUserId": ben.id, "sdp": SDP}
        await calling.say("rtc.ice", roomId=room, candidate=CANDIDATE, toUserId=ana.id)
        await other.expect("rtc.ice")
        await calling.say("message.send", roomId=room, content="끝")
        for socket in (calling, other, chos):
            await socket.expect("message.new", content="끝")
        assert chos.told("rtc.offer") == other.told("rtc.offer") == calling.told("rtc.ice") == []


async def test_a_signal_to_somebody_who_is_no_member_is_refused(ana: Person, cho: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await cho.connect() as chos:
        for user_id in (cho.id, UNKNOWN_ID):
            await anas.say("rtc.offer", roomId=room, sdp=SDP, toUserId=user_id)
            assert await anas.refused(roomId=room) == "NOT_FOUND"
        await anas.say("rtc.offer", roomId=room, sdp=SDP, toUserId="everybody")
        assert await anas.refused() == "BAD_MESSAGE"
        await chos.settled()
        assert chos.types == []
        assert await ana.get(f"/rooms/{room}/call") == {"call": None}, "what was refused has begun no call"


async def test_a_call_is_told_of_from_its_first_offer_to_the_last_hangup(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("rtc.offer", roomId=room, sdp=SDP)
        started = await bens.expect("call.started", roomId=room, userId=ana.id)
        assert [one["userId"] for one in started["participants"]] == [ana.id]
        await bens.say("rtc.ice", roomId=room, candidate=CANDIDATE)
        await bens.say("rtc.answer", roomId=room, sdp=SDP)
        joined = await anas.expect("call.joined", roomId=room, userId=ben.id, callId=started["callId"])
        assert [one["userId"] for one in joined["participants"]] == [ana.id, ben.id]
        fetched = (await ana.get(f"/rooms/{room}/call"))["call"]
        assert fetched == {name: value for name, value in joined.payload.items() if name != "userId"}
        await anas.say("rtc.offer", roomId=room, sdp=SDP)
        await bens.expect("rtc.offer")
        await bens.say("rtc.hangup", roomId=room)
        for socket in (anas, bens):
            assert (await socket.expect("call.left", userId=ben.id))["version"] > joined["version"]
            await socket.expect("call.left", userId=ana.id, participants=[])
            await socket.expect("call.ended", roomId=room, callId=started["callId"])
            assert [type_ for type_ in socket.types if type_.startswith("call.")] == [
                "call.started", "call.joined", "call.left", "call.left", "call.ended",
            ]  # fmt: skip
        assert await ben.get(f"/rooms/{room}/call") == {"call": None}


async def test_a_call_that_is_declined_is_over(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("rtc.offer", roomId=room, sdp=SDP)
        await bens.say("rtc.hangup", roomId=room)
        await anas.expect("call.ended")


async def test_of_three_who_came_by_signals_two_go_on(ana: Person, ben: Person, cho: Person, room: str) -> None:
    await ana.invite(room, cho)
    async with await ana.connect(room) as anas, await ben.connect(room) as bens, await cho.connect(room) as chos:
        await anas.say("rtc.offer", roomId=room, sdp=SDP)
        for socket, person in ((bens, ben), (chos, cho)):
            await socket.say("rtc.answer", roomId=room, sdp=SDP)
            await anas.expect("call.joined", userId=person.id)
        await bens.say("rtc.hangup", roomId=room)
        left = await anas.expect("call.left", userId=ben.id)
        assert [one["userId"] for one in left["participants"]] == [ana.id, cho.id]
        await chos.say("rtc.hangup", roomId=room)
        await anas.expect("call.ended")


async def test_who_says_so_is_in_a_call_until_they_say_that_they_leave(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("call.join", roomId=room)
        await bens.expect("call.started", userId=ana.id)
        await anas.say("rtc.hangup", roomId=room, toUserId=ben.id)
        await bens.say("rtc.hangup", roomId=room)
        await anas.expect("rtc.hangup")
        before = len(anas.seen)
        await anas.say("call.join", roomId=room)
        again = await anas.expect("call.joined", userId=ana.id)
        assert [one["userId"] for one in again["participants"]] == [ana.id]
        assert len(anas.seen) == before + 1
        await bens.say("call.leave", roomId=room)
        await anas.say("call.leave", roomId=room)
        await bens.expect("call.left", userId=ana.id)
        await bens.expect("call.ended")
        await bens.settled()
        assert bens.refusals == []


async def test_a_person_is_in_a_call_until_the_last_of_their_devices_is_gone(
    ana: Person, ben: Person, room: str
) -> None:
    async with await ben.connect(room) as bens:
        phone, laptop = await ana.connect(room), await ana.connect(room)
        await phone.say("call.join", roomId=room)
        await bens.expect("call.started")
        await laptop.say("call.join", roomId=room)
        await laptop.expect("call.joined", userId=ana.id)
        await bens.say("call.join", roomId=room)
        await bens.expect("call.joined", userId=ben.id)
        phone.abort()
        await phone.closed()
        assert bens.told("call.left") == []
        laptop.abort()
        left = await bens.expect("call.left", userId=ana.id)
        assert [one["userId"] for one in left["participants"]] == [ben.id]


async def test_who_is_removed_is_out_of_the_call(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        for socket, person in ((anas, ana), (bens, ben)):
            await socket.say("call.join", roomId=room)
            await socket.expect("call.joined" if person is ben else "call.started", userId=person.id)
        assert (await ana.call("DELETE", f"/rooms/{room}/members/{ben.id}")).status == 200
        call = (await ana.get(f"/rooms/{room}/call"))["call"]
        assert [one["userId"] for one in call["participants"]] == [ana.id]
        await anas.expect("call.left", userId=ben.id)
        assert (await ben.call("GET", f"/rooms/{room}/call")).status == 403
        await bens.say("call.join", roomId=room)
        assert await bens.refused(roomId=room) == "FORBIDDEN"


async def test_a_call_goes_with_its_room(ana: Person, ben: Person, room: str, server: Server) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("call.join", roomId=room)
        await bens.expect("call.started")
        await anas.say("room.delete", roomId=room)
        await bens.expect("room.deleted")
        await server.product.calls().settled()
        assert await server.product.adapters.call_board().find(RoomId(UUID(room))) is None


async def test_a_server_without_relays_has_none_to_tell(ana: Person) -> None:
    assert await ana.get("/rtc/ice-servers") == {"iceServers": [], "ttl": 43_200}


async def test_who_asks_for_relays_gets_a_credential_of_their_own(open_server: OpenServer) -> None:
    server = await open_server(
        JARVIS_STUN_URLS="stun:stun.example.com:3478",
        JARVIS_TURN_URLS="turn:turn.example.com:3478?transport=udp, turns:turn.example.com:5349",
        JARVIS_TURN_SECRET="north",
        JARVIS_TURN_SECONDS=600,
    )
    ana = await server.person("Ana")
    before = int(server.clock.now().timestamp())
    async with server.session.get(
        f"{server.url}/rtc/ice-servers", headers={"Authorization": f"Bearer {ana.token}"}
    ) as response:
        body, caching = await response.json(), response.headers["Cache-Control"]
    assert caching == "no-store"
    assert body["ttl"] == 600
    stun, turn = body["iceServers"]
    assert stun == {"urls": ["stun:stun.example.com:3478"]}
    assert turn["urls"] == ["turn:turn.example.com:3478?transport=udp", "turns:turn.example.com:5349"]
    expiry, _, user_id = turn["username"].partition(":")
    assert user_id == ana.id
    assert before + 600 <= int(expiry) <= before + 602
    openssl = ["openssl", "dgst", "-sha1", "-hmac", "north", "-binary"]
    process = await asyncio.create_subprocess_exec(*openssl, stdin=PIPE, stdout=PIPE)
    computed, _ = await process.communicate(turn["username"].encode())
    assert turn["credential"] == base64.b64encode(computed).decode()


async def test_relays_are_for_those_who_are_signed_in(server: Server) -> None:
    async with server.session.get(f"{server.url}/rtc/ice-servers") as response:
        assert response.status == 401
