"""Files as the installed client sends them: inside the text, in a block of their own."""

import base64
import json

import pytest

from tests.end_to_end.client import Person, WayIn
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.raw import RawSocket

MIB = 1 << 20


def block(size: int) -> str:
    """The block of one file, ``size`` characters long at least."""
    files = [{"kind": "image", "name": "사진.png", "mime": "image/png", "size": size, "dataUrl": "data:,"}]
    files[0]["dataUrl"] = "data:image/png;base64," + "iVBORw0KGgo" * (size * 3 // 4 // 11)
    encoded = base64.b64encode(json.dumps(files).encode()).decode()
    return f"\n[[jarvis_attachments_v1]]\n{encoded}\n[[/jarvis_attachments_v1]]"


async def test_a_large_file_is_passed_on_and_kept_byte_for_byte(ana: Person, ben: Person, room: str) -> None:
    content = "사진이야" + block(10 * MIB)
    assert len(content) > 10 * MIB
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        said = await anas.send(room, content, "local:1")
        assert said["content"] == content
        assert (await bens.expect("message.new"))["content"] == content
        await bens.send(room, "잘 봤어", "thanks")
        await anas.expect("message.new", content="잘 봤어")
    assert [message["content"] for message in await ben.history(room)] == [content, "잘 봤어"]
    async with await ben.connect() as again:
        await again.join(room, since=0)
        assert (await again.expect("message.new"))["content"] == content


@pytest.mark.parametrize("size", [8_000])
async def test_the_block_counts_in_no_limit_of_text(open_server: OpenServer, size: int) -> None:
    server = await open_server(JARVIS_MESSAGE_BYTES=1024)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "x" * 1024 + block(size), "fits")
        await socket.send(room, block(size).lstrip("\n"), "nothing but files")
        for content in ("x" * 1025 + block(size), block(size).replace("[[/", "[/")):
            await socket.say("message.send", roomId=room, content=content, clientTempId="long")
            assert await socket.refused(clientTempId="long") == "MESSAGE_TOO_LONG"
        await socket.say("message.edit", roomId=room, messageId=said["id"], content="고침" + block(size))
        await socket.expect("message.updated", content="고침" + block(size))
    assert len(await ana.history(room)) == 2


async def test_jarvis_is_shown_no_files(server: Server, ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        await socket.send(room, "보고서야" + block(8_000), "one")
        await socket.send(room, "자비스야, 뭐가 있어?" + block(8_000), "two")
        await socket.expect("bot.done")
        await socket.say("jarvis.request", roomId=room, prompt="이건?" + block(64_000), requestId="three")
        await socket.expect("bot.done", requestId="three")
    first, second = server.model.shown
    assert (first.prompt, second.prompt) == ("뭐가 있어?", "이건?")
    assert [said.text for said in second.talk] == ["보고서야", "자비스야, 뭐가 있어?", "하나 둘"]


async def test_the_double_question_with_a_file_is_one(server: Server, ana: Person, room: str) -> None:
    text = "자비스야 이거 봐" + block(8_000)
    async with await ana.connect(room) as socket:
        await socket.say("message.send", roomId=room, content=text, clientTempId="local:1")
        await socket.say("jarvis.request", roomId=room, prompt="한국어로 답해줘\n" + text, isPersonal=False)
        await socket.expect("bot.done")
        await socket.say("jarvis.request", roomId=room, prompt="끝?", requestId="last")
        await socket.expect("bot.done", requestId="last")
    assert len(server.model.shown) == 2


async def test_a_file_past_what_a_hello_socket_takes_passes_on_one_with_a_token(ana: Person, room: str) -> None:
    content = block(600 * 1024)
    hello = await ana.connect(room, way="hello")
    await hello.say("message.send", roomId=room, content=content, clientTempId="one")
    assert await hello.closed() == 1009
    async with await ana.connect(room) as socket:
        assert (await socket.send(room, content, "one"))["content"] == content


@pytest.mark.parametrize(("way", "size"), [("query", 24 * MIB + 1), ("query", 40 * MIB), ("hello", 24 * MIB)])
async def test_who_sends_too_large_a_frame_reads_why_it_is_closed(ana: Person, way: WayIn, size: int) -> None:
    # So large that it is not all taken in when the server has seen its head.
    socket = await ana.connect(way=way)
    await socket.ws.send_str("x" * size)
    assert await socket.closed() == 1009


async def test_a_file_larger_than_the_buffer_sends_no_reader_away(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_SOCKET_BUFFER_BYTES=64 * 1024)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    slow = await RawSocket.open(ben, receive_buffer=4096)
    await slow.send(json.dumps({"type": "room.join", "roomId": room}).encode())
    await slow.frame()
    [of_ben] = [found for found in server.product.hub().connections if str(found.actor.id) == ben.id]
    content = block(8 * MIB)
    async with await ana.connect(room) as anas:
        await anas.send(room, content, "file")
        for number in range(20):
            await anas.send(room, str(number), str(number))
    assert not of_ben.is_closing
    heard = [json.loads((await slow.frame())[1])["payload"]["content"] for _ in range(21)]
    assert heard == [content, *map(str, range(20))]
    slow.close()
