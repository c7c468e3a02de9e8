"""The ways in, and how a socket is sent away."""

import asyncio
from collections.abc import Mapping

import aiohttp
import pytest

from tests.builders import eventually
from tests.end_to_end.client import Person, WayIn, open_socket
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.houses import SECRET
from tests.end_to_end.raw import CLOSE, CONTINUED, PING, PONG, TEXT, RawSocket

SIGNED_OUT = 4001
TOO_LARGE = 1009
WAYS: tuple[WayIn, ...] = ("query", "subprotocol", "header", "hello")


async def test_every_way_in_leads_to_the_same_socket(ana: Person, room: str) -> None:
    for way in WAYS:
        async with await ana.connect(way=way) as socket:
            await socket.settled()
            assert socket.types == [], "the server sends no greeting"
            assert socket.ws.protocol == ("jarvis" if way == "subprotocol" else None)
            await socket.join(room)
            assert (await socket.send(room, "안녕", way))["senderUserId"] == ana.id


async def test_a_bad_token_is_refused_and_the_socket_closed(server: Server, ana: Person) -> None:
    forged = ana.token[:-4] + ("AAAA" if not ana.token.endswith("AAAA") else "BBBB")
    attempts: list[tuple[WayIn, str]] = [(way, token) for way in WAYS for token in ("nonsense", "a.b.c", forged)]
    for way, token in [*attempts, ("query", "")]:
        socket = await open_socket(server.session, server.url, token, way=way)
        assert await socket.closed() == SIGNED_OUT
        assert socket.refusals == ["INVALID_TOKEN"], (way, token)
        assert len(socket.seen) == 1


async def test_a_revoked_token_opens_no_socket(server: Server, ana: Person) -> None:
    await ana.post("/auth/logout")
    for way in WAYS:
        socket = await open_socket(server.session, server.url, ana.token, way=way)
        assert await socket.closed() == SIGNED_OUT
        assert socket.refusals == ["INVALID_TOKEN"]


async def test_the_first_message_without_a_token_must_be_a_hello(server: Server) -> None:
    hello = '{"type":"client.hello"}'
    for first in ('{"type":"room.join"}', "nonsense", hello, '{"type":"client.hello","token":7}', b"\xff\x00", ""):
        socket = await open_socket(server.session, server.url, None)
        await socket.say_raw(first)
        assert await socket.closed() == SIGNED_OUT
        assert socket.refusals == ["INVALID_TOKEN"]


async def test_who_says_no_hello_in_time_is_sent_away(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_HELLO_SECONDS=0.05)
    socket = await open_socket(server.session, server.url, None)
    assert await socket.closed() == SIGNED_OUT
    assert socket.refusals == ["INVALID_TOKEN"]


async def test_a_second_hello_is_no_message(ana: Person) -> None:
    async with await ana.connect(way="hello") as socket:
        await socket.say("client.hello", token=ana.token)
        assert await socket.refused() == "BAD_MESSAGE"


async def test_a_logout_closes_the_sockets_of_that_token_alone(server: Server, ana: Person, room: str) -> None:
    elsewhere = await server.person("Ana")
    first, second = await ana.connect(room), await ana.connect(room, way="hello")
    async with await elsewhere.connect(room) as other:
        await ana.post("/auth/logout")
        assert await first.closed() == await second.closed() == SIGNED_OUT
        await other.send(room, "still here", "one")
        assert first.types == second.types == ["room.joined"]


async def test_a_token_that_expires_closes_its_sockets(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_LOOK_SECONDS=0.01)
    ana = await server.person("Ana")
    room = await ana.open_room()
    socket = await ana.connect(room)
    server.clock.advance(days=6)
    later = await server.person("Ana")
    async with await later.connect(room) as stays:
        server.clock.advance(days=2)
        assert await socket.closed() == SIGNED_OUT
        await stays.send(room, "still good", "one")
        assert socket.told("message.new") == []


@pytest.mark.parametrize(("way", "limit"), [("query", 4096), ("subprotocol", 4096), ("hello", 2048)])
async def test_a_frame_past_the_limit_closes_the_socket(open_server: OpenServer, way: WayIn, limit: int) -> None:
    server = await open_server(JARVIS_FRAME_BYTES=4096, JARVIS_HELLO_FRAME_BYTES=2048)
    ana = await server.person("Ana")
    room = await ana.open_room()
    socket = await ana.connect(room, way=way)
    shell = '{"type":"message.send","clientTempId":"fits","roomId":"%s","content":"%s"}'
    await socket.say_raw(shell % (room, "x" * (limit - len(shell % (room, "")))))
    await socket.expect("message.ack", clientTempId="fits")
    await socket.say_raw(" " * (limit + 1))
    assert await socket.closed() == TOO_LARGE
    assert len(await ana.history(room)) == 1


async def test_frames_may_come_in_pieces_but_not_past_the_limit(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_FRAME_BYTES=4096)
    ana = await server.person("Ana")
    room = await ana.open_room()
    raw = await RawSocket.open(ana)
    await raw.send(b'{"type":"room.join",', final=False)
    await raw.send(f'"roomId":"{room}"}}'.encode(), CONTINUED)
    assert b"room.joined" in (await raw.frame())[1]
    for opcode in (TEXT, CONTINUED, CONTINUED, CONTINUED, CONTINUED):
        await raw.send(b" " * 1000, opcode, final=False)
    opcode, payload = await raw.frame()
    assert (opcode, int.from_bytes(payload[:2])) == (CLOSE, TOO_LARGE)
    raw.close()


async def test_a_ping_is_answered_with_what_it_brought(ana: Person) -> None:
    raw = await RawSocket.open(ana)
    await raw.send(b"are you there?", PING)
    assert await raw.frame() == (PONG, b"are you there?")
    raw.close()


PRODUCTION: Mapping[str, object] = {
    "JARVIS_ENV": "production",
    "JWT_SECRET": SECRET,
    "JARVIS_DEV_AUTH": True,
    "CORS_ORIGIN": "https://team.example,null",
}


@pytest.mark.parametrize(
    ("origin", "admitted"),
    [("https://team.example", True), ("null", True), (None, True), ("https://evil.example", False)],
)
async def test_production_admits_sockets_of_listed_origins(
    open_server: OpenServer, origin: str | None, admitted: bool
) -> None:
    server = await open_server(**PRODUCTION)
    ana = await server.person("Ana")
    if admitted:
        async with await ana.connect(origin=origin) as socket:
            await socket.settled()
        return
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await ana.connect(origin=origin)
    assert refused.value.status == 403
    await eventually(lambda: server.open_sockets == 0)


async def test_outside_production_any_origin_is_admitted(ana: Person) -> None:
    async with await ana.connect(origin="https://anywhere.example") as socket:
        await socket.settled()


async def test_a_ping_may_come_before_hello(server: Server) -> None:
    ana = await server.person("Ana")
    async with server.session.ws_connect(f"{server.url}/ws", autoping=False) as ws:
        await ws.ping(b"first")
        assert (await ws.receive()).data == b"first"
        await ws.send_json({"type": "client.hello", "token": ana.token})
        room = await ana.open_room()
        await ws.send_json({"type": "room.join", "roomId": room})
        assert (await ws.receive_json())["type"] == "room.joined"


async def test_who_has_not_said_hello_holds_up_no_stop(server: Server) -> None:
    hub = server.product.hub()
    async with server.session.ws_connect(f"{server.url}/ws") as ws:
        await eventually(lambda: len(hub._strangers) == 1)
        closing = asyncio.ensure_future(hub.close())
        while not ws.closed:
            await ws.receive()
        assert ws.close_code == 1001
        await closing
