"""Bots over the whole product: what they hear and say, what they are refused, and how they go."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from adapters.websocket.bot_rights import FRAMES, SOCKET
from adapters.websocket.description import client_messages
from domain.users import Right
from tests.end_to_end.authorisation import MESSAGES
from tests.end_to_end.client import UNKNOWN_ID, Person, WayIn, open_socket
from tests.end_to_end.conftest import OpenServer, Server

SIGNED_OUT = 4001


async def a_bot(owner: Person, *rooms: str, rights: tuple[str, ...] = ("read", "write"), name: str = "CI") -> Person:
    """The bot, as somebody who is signed in by its token."""
    made = await owner.post("/bots", {"name": name, "rights": list(rights)})
    for room in rooms:
        assert (await owner.call("PUT", f"/bots/{made['id']}/rooms/{room}")).status == 200
    return replace(owner, token=made["token"], id=made["id"], name=name)


async def test_a_bot_hears_and_says_what_is_said_in_its_room(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    bot = await a_bot(ana, name="배포 알림")
    async with await ben.connect(room) as bens, await bot.connect() as bots:
        assert (await ana.call("PUT", f"/bots/{bot.id}/rooms/{room}")).status == 200
        assert (await bens.expect("room.member.added", userId=bot.id))["userName"] == "배포 알림"
        assert (await bots.expect("room.added"))["room"]["id"] == room
        await bots.join(room)
        said = await bots.send(room, "배포 끝", "temp-1")
        heard = await bens.expect("message.new", id=said["id"])
        assert (heard["senderUserId"], heard["senderType"]) == (bot.id, "user")
        await bens.send(room, f"고마워 @{bot.name}")
        await bots.expect("message.new", content=f"고마워 @{bot.name}")
        await bots.say("message.edit", roomId=room, messageId=said["id"], content="배포 다 끝")
        await bens.expect("message.updated", id=said["id"], content="배포 다 끝")
        assert bots.refusals == []
    posted = await bot.post(f"/rooms/{room}/messages", {"content": "by REST"})
    assert [message["id"] for message in await bot.history(room)][-1] == posted["id"]
    members = {member["id"]: member["isBot"] for member in await ben.get(f"/rooms/{room}/members")}
    assert members == {ana.id: False, ben.id: False, bot.id: True}


def test_every_message_of_the_socket_has_a_row() -> None:
    assert set(FRAMES) == {name for name, _ in client_messages()}, "say what right a bot needs for it"


@pytest.mark.parametrize("rights", [("read",), ("read", "write"), ("read", "ask")])
async def test_a_bot_is_let_say_what_the_table_has_and_no_more(
    open_server: OpenServer, rights: tuple[str, ...]
) -> None:
    server = await open_server(JARVIS_RATE_LIMITS="off")
    bot = await a_bot(await server.person("Ana"), rights=rights)
    unknown: Any = defaultdict(lambda: UNKNOWN_ID)
    held = {Right(name) for name in rights}
    refused: set[str] = set()
    async with await bot.connect() as socket:
        for type_, row in MESSAGES.items():
            before = len(socket.refusals)
            await socket.say(type_, **row.body(unknown))
            await socket.settled()
            if "BOT_NOT_ALLOWED" in socket.refusals[before:]:
                refused.add(type_)
    assert refused == {type_ for type_, right in FRAMES.items() if right not in held}


async def test_a_bot_that_may_not_read_has_no_socket(server: Server, ana: Person, room: str) -> None:
    bot = await a_bot(ana, room, rights=("write", "ask"))
    assert FRAMES[SOCKET] is Right.READ
    ways: tuple[WayIn, ...] = ("query", "subprotocol", "header", "hello")
    for way in ways:
        socket = await open_socket(bot.session, bot.url, bot.token, way=way)
        assert await socket.refused() == "BOT_NOT_ALLOWED"
        assert await socket.closed() == SIGNED_OUT
    assert (await bot.call("GET", f"/rooms/{room}/messages")).error == "BOT_NOT_ALLOWED"
    assert (await bot.post(f"/rooms/{room}/messages", {"content": "still said"}))["senderUserId"] == bot.id


async def test_jarvis_is_asked_only_by_a_bot_that_may(server: Server, ana: Person, room: str) -> None:
    mute, asking = await a_bot(ana, room), await a_bot(ana, room, rights=("read", "write", "ask"))
    async with await ana.connect(room) as anas, await mute.connect(room) as mutes, await asking.connect(room) as asks:
        await mutes.send(room, "자비스야 몇 시야?", "temp-1")
        await mutes.say("jarvis.request", roomId=room, prompt="몇 시야?")
        assert await mutes.refused(roomId=room) == "BOT_NOT_ALLOWED"
        await asks.say("jarvis.request", roomId=room, prompt="Open a room", mode="action", requestId="q")
        assert await asks.refused(requestId="q") == "BOT_NOT_ALLOWED"
        await asks.send(room, "자비스야 며칠이야?", "temp-2")
        await anas.expect("bot.done")
        assert len(anas.told("bot.done")) == 1
        assert len(server.model.shown) == 1


async def test_a_bot_is_in_no_room_but_where_it_was_put(server: Server, ana: Person, ben: Person, room: str) -> None:
    bot, elsewhere = await a_bot(ana, room), await ben.open_room()
    assert (await ana.call("PUT", f"/bots/{bot.id}/rooms/{elsewhere}")).error == "FORBIDDEN"
    assert (await ben.call("PUT", f"/bots/{bot.id}/rooms/{elsewhere}")).error == "NOT_FOUND"
    assert (await ben.call("POST", f"/rooms/{elsewhere}/members", {"userIds": [bot.id]})).error == "NO_VALID_USERS"
    assert [each["id"] for each in await bot.get("/rooms")] == [room]
    async with await bot.connect() as bots:
        await bots.say("room.join", roomId=elsewhere)
        assert await bots.refused(roomId=elsewhere) == "FORBIDDEN"
        await bots.say("message.send", roomId=elsewhere, content="x", clientTempId="temp-1")
        assert await bots.refused(clientTempId="temp-1") == "FORBIDDEN"


async def test_a_socket_of_a_bot_is_closed_when_it_is_renewed_restrained_or_revoked(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    bot = await a_bot(ana, room)
    socket = await bot.connect(room)
    renewed = await ana.post(f"/bots/{bot.id}/token")
    assert await socket.closed() == SIGNED_OUT
    assert (await bot.call("GET", "/rooms")).error == "INVALID_TOKEN"
    bot = replace(bot, token=renewed["token"])

    socket = await bot.connect(room)
    assert (await ana.call("PATCH", f"/bots/{bot.id}", {"rights": ["read"]})).status == 200
    assert await socket.closed() == SIGNED_OUT
    socket = await bot.connect(room)
    await socket.say("message.send", roomId=room, content="x", clientTempId="temp-1")
    assert await socket.refused(clientTempId="temp-1") == "BOT_NOT_ALLOWED"

    async with await ben.connect(room) as bens:
        assert (await ana.call("DELETE", f"/bots/{bot.id}")).status == 200
        assert await socket.closed() == SIGNED_OUT
        await bens.expect("room.member.removed", userId=bot.id)
    assert (await bot.call("GET", "/rooms")).error == "INVALID_TOKEN"
    turned_away = await open_socket(bot.session, bot.url, bot.token)
    assert await turned_away.closed() == SIGNED_OUT


@pytest.mark.parametrize("removed", [False, True], ids=["leaves", "is removed"])
async def test_a_bot_goes_where_its_owner_goes(
    server: Server, ana: Person, ben: Person, room: str, removed: bool
) -> None:
    bot = await a_bot(ben, room)
    async with await ana.connect(room) as anas, await bot.connect(room) as bots:
        if removed:
            assert (await ana.call("DELETE", f"/rooms/{room}/members/{ben.id}")).status == 200
        else:
            assert (await ben.call("POST", f"/rooms/{room}/leave")).status == 200
        await anas.expect("room.member.removed", userId=bot.id)
        await anas.expect("room.member.removed", userId=ben.id)
        await bots.expect("room.left", roomId=room)
        await bots.say("message.send", roomId=room, content="x", clientTempId="temp-1")
        assert await bots.refused(clientTempId="temp-1") == "FORBIDDEN"
        await anas.send(room, "alone", "temp-2")
        await bots.settled()
        assert bots.told("message.new") == []
    assert await bot.get("/rooms") == []


async def test_a_bot_is_out_when_its_owner_is_shut_out(server: Server, ana: Person, ben: Person, room: str) -> None:
    bot = await a_bot(ben, room)
    socket = await bot.connect(room)
    async with server.product.adapters.work()() as work:
        administrator = await work.accounts.by_address(ana.email)
        assert administrator is not None
        await work.accounts.save(replace(administrator, is_administrator=True))
    assert (await ana.call("PATCH", f"/admin/accounts/{ben.id}", {"isDisabled": True})).status == 200
    assert await socket.closed() == SIGNED_OUT
    assert (await bot.call("GET", "/rooms")).error == "INVALID_TOKEN"
    assert (await ana.call("PATCH", f"/admin/accounts/{ben.id}", {"isDisabled": False})).status == 200
    assert (await bot.call("GET", "/rooms")).status == 200
