"""Files as the installed client sends them: inside the text, in a block of their own."""

import base64
import json
from typing import Any

import pytest

from tests.end_to_end.client import Person, WayIn
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.raw import RawSocket
from tests.waiting import until

MIB = 1 << 20
OPENS, CLOSES = "[[jarvis_attachments_v1]]", "[[/jarvis_attachments_v1]]"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def a_file(content: bytes, name: str = "사진.png", kind: str = "image", mime: str = "image/png") -> dict[str, Any]:
    """A file as the client puts it into a block."""
    data = base64.b64encode(content).decode()
    return {"kind": kind, "name": name, "mime": mime, "size": len(content), "dataUrl": f"data:{mime};base64,{data}"}


def block_of(*files: Any) -> str:
    encoded = base64.b64encode(json.dumps(files, ensure_ascii=False).encode()).decode()
    return f"\n{OPENS}\n{encoded}\n{CLOSES}"


def block(size: int) -> str:
    """The block of one file, ``size`` characters long at least."""
    return block_of(a_file(PNG + b"\x00" * (size * 3 // 4)))


def files_in(content: str) -> list[dict[str, Any]]:
    """What a client reads in the block of a message."""
    body = content.partition(f"{OPENS}\n")[2].partition(f"\n{CLOSES}")[0]
    files: list[dict[str, Any]] = json.loads(base64.b64decode(body))
    return files


async def fetched(person: Person, url: str) -> tuple[int, bytes]:
    """What the address of a file gives, without any token."""
    async with person.session.get(url) as response:
        return response.status, await response.read()


async def kept(server: Server) -> list[str]:
    return [found.key async for found in server.product.adapters.blobs().everything()]


async def nothing_is_kept(server: Server) -> None:
    """Wait until no file is there: a worker may have begun a thumbnail, which it takes away again."""

    async def look() -> bool:
        return not await kept(server)

    await until(look)


async def test_a_large_file_is_taken_out_and_kept_byte_for_byte(ana: Person, ben: Person, room: str) -> None:
    sent = a_file(PNG + bytes(range(256)) * 4096 * 10)
    content = "사진이야" + block_of(sent)
    assert len(content) > 10 * MIB
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        said = await anas.send(room, content, "local:1")
        heard = await bens.expect("message.new")
        assert heard["content"] == said["content"]
        assert len(said["content"]) < 2000
        await bens.send(room, "잘 봤어", "thanks")
        await anas.expect("message.new", content="잘 봤어")
        assert (await anas.send(room, content, "local:2"))["content"] != said["content"]
    assert said["content"].startswith(f"사진이야\n{OPENS}\n")
    assert said["content"].endswith(f"\n{CLOSES}")
    [shown] = files_in(said["content"])
    assert {**shown, "dataUrl": sent["dataUrl"]} == sent
    assert shown["dataUrl"].startswith(f"{ana.url}/attachments/")
    assert await fetched(ben, shown["dataUrl"]) == (200, base64.b64decode(sent["dataUrl"].partition(",")[2]))
    [attached] = said["attachments"]
    assert (attached["name"], attached["mime"], attached["kind"]) == ("사진.png", "image/png", "image")
    assert (await ben.history(room))[0]["content"] == said["content"]
    async with await ben.connect() as again:
        await again.join(room, since=0)
        assert (await again.expect("message.new"))["content"] == said["content"]


async def test_the_same_send_again_makes_no_file_anew(server: Server, ana: Person, room: str) -> None:
    content = "여기" + block_of(a_file(PNG), a_file(b"words", "글.txt", "file", "text/plain"))
    async with await ana.connect(room) as socket:
        said = await socket.send(room, content, "local:1")
        for _ in range(2):
            await socket.say("message.send", roomId=room, content=content, clientTempId="local:1")
            again = await socket.expect("message.ack", clientTempId="local:1")
            assert again["messageId"] == said["id"]
        await socket.say("message.send", roomId=room, content=content + " ", clientTempId="local:1")
        assert await socket.refused(clientTempId="local:1") == "CLIENT_TEMP_ID_REUSED"
    [kept] = await ana.history(room)
    assert kept["content"] == said["content"]
    blobs = server.product.adapters.blobs()
    keys = {found.key async for found in blobs.everything() if "thumbnail" not in found.key}
    assert keys == {file["id"] for file in kept["attachments"]}


async def test_the_same_send_at_once_makes_its_files_once(server: Server, ana: Person, room: str) -> None:
    content = "여기" + block_of(a_file(b"words" * 1000, "글.txt", "file", "text/plain"))
    one, two = await ana.connect(room), await ana.connect(room)
    for socket in (one, two):
        await socket.say("message.send", roomId=room, content=content, clientTempId="local:1")
    acks = [await socket.expect("message.ack") for socket in (one, two)]
    assert acks[0]["messageId"] == acks[1]["messageId"]
    await one.settled()
    await two.settled()
    [kept] = await ana.history(room)
    keys = {found.key async for found in server.product.adapters.blobs().everything()}
    assert keys == {file["id"] for file in kept["attachments"]}
    await one.close()
    await two.close()


async def test_an_edit_keeps_the_files_that_it_brings_back(ana: Person, room: str) -> None:
    one, two = a_file(PNG, "하나.png"), a_file(b"words", "둘.txt", "file", "text/plain")
    three = a_file(b"more words", "셋.txt", "file", "text/plain")
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "처음" + block_of(one, two), "local:1")
        shown = files_in(said["content"])
        urls = [file["dataUrl"] for file in shown]

        async def edit(content: str) -> Any:
            await socket.say("message.edit", roomId=room, messageId=said["id"], content=content)
            return await socket.expect("message.updated")

        ids = [file["id"] for file in said["attachments"]]
        same = await edit("고침" + block_of(*shown))
        assert [file["id"] for file in same["attachments"]] == ids
        assert files_in(same["content"]) == shown
        # A client that still has the files sends them once more: they are the same ones.
        again = await edit("고침" + block_of(one, two))
        assert [file["id"] for file in again["attachments"]] == ids
        assert [await fetched(ana, url) for url in urls] == [(200, PNG), (200, b"words")]
        changed = await edit("고침" + block_of(shown[0], three))
        assert [file["name"] for file in changed["attachments"]] == ["하나.png", "셋.txt"]
        assert changed["attachments"][0]["id"] == ids[0]
        assert [status for status, _ in [await fetched(ana, url) for url in urls]] == [200, 404]
        assert await fetched(ana, files_in(changed["content"])[1]["dataUrl"]) == (200, b"more words")
        bare = await edit("없음")
        assert "attachments" not in bare.payload
        assert (await fetched(ana, urls[0]))[0] == 404


async def test_what_is_deleted_takes_its_files_along(server: Server, ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "여기" + block_of(a_file(b"words")), "local:1")
        [shown] = files_in(said["content"])
        assert (await fetched(ana, shown["dataUrl"]))[0] == 200
        await socket.say("message.delete", roomId=room, messageId=said["id"])
        await socket.expect("message.deleted")
    assert (await fetched(ana, shown["dataUrl"]))[0] == 404
    await server.product.files().sweep()
    assert await kept(server) == []


@pytest.mark.parametrize(
    "body",
    [
        base64.b64encode(b"no json").decode(),
        base64.b64encode(b'{"kind": "file"}').decode(),
        base64.b64encode(b"[1, 2]").decode(),
        base64.b64encode(json.dumps([{"name": "a", "dataUrl": "data:text/plain;base64,####"}]).encode()).decode(),
        base64.b64encode(json.dumps([{"name": "a", "dataUrl": "https://elsewhere.example/x.png"}]).encode()).decode(),
        base64.b64encode(json.dumps([{"name": "a", "kind": "file", "mime": "x", "size": 3}]).encode()).decode(),
        base64.b64encode(json.dumps([a_file(b"x")] * 65).encode()).decode(),
        base64.b64encode(b"[" * 100_000).decode(),
        base64.b64encode(b"[" + b"{}," * 100_000 + b"{}]").decode(),
        base64.b64encode(b'[{"name": ' + b"1" * 100_000 + b"}]").decode(),
        base64.b64encode(b"[\xff]").decode(),
        "A",
        "",
    ],
    ids=lambda body: body[:12],
)
async def test_blocks_that_bring_nothing_stay_as_they_are(server: Server, ana: Person, room: str, body: str) -> None:
    content = f"여기\n{OPENS}\n{body}\n{CLOSES}"
    async with await ana.connect(room) as socket:
        said = await socket.send(room, content, "local:1")
    assert said["content"] == content
    assert "attachments" not in said.payload
    assert await kept(server) == []


async def test_who_is_not_in_the_room_leaves_no_file(server: Server, ana: Person, cho: Person, room: str) -> None:
    async with await cho.connect() as socket:
        await socket.say("message.send", roomId=room, content="x" + block_of(a_file(b"words")), clientTempId="t")
        assert await socket.refused(clientTempId="t") == "FORBIDDEN"
    assert await kept(server) == []
    assert await ana.history(room) == []


async def test_files_that_may_not_be_sent_are_refused(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_UPLOAD_BYTES=4096, JARVIS_UPLOAD_TYPES="image/*")
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        for files, code in (
            ((a_file(PNG), a_file(PNG + b"x" * 4096)), "PAYLOAD_TOO_LARGE"),
            ((a_file(PNG), a_file(b"words")), "BAD_MESSAGE"),
        ):
            await socket.say("message.send", roomId=room, content="x" + block_of(*files), clientTempId=code)
            assert await socket.refused(clientTempId=code) == code
    await nothing_is_kept(server)
    assert await ana.history(room) == []


async def test_addresses_begin_with_where_people_find_the_house(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_PUBLIC_URL="https://chat.example.com", JARVIS_LINK_SECRETS="s" * 20)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "x" + block_of(a_file(b"words")), "t")
    [shown] = files_in(said["content"])
    assert shown["dataUrl"].startswith("https://chat.example.com/attachments/")
    path = shown["dataUrl"].removeprefix("https://chat.example.com")
    assert await fetched(ana, ana.url + path) == (200, b"words")


async def test_a_twin_over_rest(ana: Person, room: str) -> None:
    body = {"content": "여기" + block_of(a_file(b"words")), "clientTempId": "t"}
    said = await ana.post(f"/rooms/{room}/messages", body)
    assert await ana.post(f"/rooms/{room}/messages", body) == said
    [shown] = files_in(said["content"])
    assert await fetched(ana, shown["dataUrl"]) == (200, b"words")
    edited = await ana.call("PATCH", f"/rooms/{room}/messages/{said['id']}", {"content": "고침" + block_of(shown)})
    assert edited.body["attachments"] == said["attachments"]


async def test_the_block_counts_in_no_limit_of_text(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_MESSAGE_BYTES=1024)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "x" * 1024 + block(8_000), "fits")
        await socket.send(room, block(8_000).lstrip("\n"), "nothing but files")
        for content in ("x" * 1025 + block(8_000), block(8_000).replace("[[/", "[/")):
            await socket.say("message.send", roomId=room, content=content, clientTempId="long")
            assert await socket.refused(clientTempId="long") == "MESSAGE_TOO_LONG"
        await socket.say("message.edit", roomId=room, messageId=said["id"], content="고침" + block(8_000))
        updated = await socket.expect("message.updated")
        assert updated["content"].startswith(f"고침\n{OPENS}")
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
    assert len(content) > 600 * 1024
    hello = await ana.connect(room, way="hello")
    await hello.say("message.send", roomId=room, content=content, clientTempId="one")
    assert await hello.closed() == 1009
    async with await ana.connect(room) as socket:
        said = await socket.send(room, content, "one")
        assert len(files_in(said["content"])) == 1


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
    # A block that brings nothing that could be taken out of it.
    content = f"\n{OPENS}\n{'A' * 8 * MIB}\n{CLOSES}"
    async with await ana.connect(room) as anas:
        await anas.send(room, content, "file")
        for number in range(20):
            await anas.send(room, str(number), str(number))
    assert not of_ben.is_closing
    came, *heard = [json.loads((await slow.frame())[1]) for _ in range(22)]
    assert (came["type"], came["payload"]["userId"]) == ("presence.updated", ana.id)
    assert [event["payload"]["content"] for event in heard] == [content, *map(str, range(20))]
    slow.close()
