"""Files through the whole product: brought, sent, shown small, and removed."""

import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.builders import FakeClock
from tests.end_to_end.client import Json, Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.vendors.s3 import S3
from tests.waiting import until


def picture(width: int = 1200, height: int = 600) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(made, "JPEG")
    return made.getvalue()


async def bring(person: Person, content: bytes, name: str = "그림.jpg") -> Json:
    """Upload a file, in pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 100_000):
            yield content[at : at + 100_000]

    with aiohttp.MultipartWriter("form-data") as body:
        part = body.append_payload(aiohttp.AsyncIterablePayload(pieces()))
        part.set_content_disposition("form-data", name="file", filename=name, quote_fields=False)
    headers = {"Authorization": f"Bearer {person.token}"}
    async with person.session.post(f"{person.url}/attachments", data=body, headers=headers) as response:
        answer: Json = await response.json()
        assert response.status == 200, answer
        return answer


async def have(person: Person, path: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {person.token}"}
    async with person.session.get(f"{person.url}{path}", headers=headers) as response:
        return response.status, await response.read()


async def test_files_are_sent_and_had(ana: Person, ben: Person, cho: Person, room: str) -> None:
    one, two = await bring(ana, picture()), await bring(ana, b"x" * 3_000_000, "큰 것.bin")
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("message.send", roomId=room, clientTempId="t", attachmentIds=[one["id"], two["id"]])
        ack = await anas.expect("message.ack", clientTempId="t")
        heard = await bens.expect("message.new", id=ack["messageId"])
        assert (heard["content"], heard["attachments"]) == ("", [one, two])
        await anas.say("message.send", roomId=room, clientTempId="t", attachmentIds=[one["id"], two["id"]])
        assert (await anas.expect("message.ack", clientTempId="t"))["messageId"] == ack["messageId"]
        for fields, code in (
            ({"content": "again", "attachmentIds": [one["id"]]}, "ATTACHMENT_IN_USE"),
            ({"content": "again", "attachmentIds": ["019c0000-0000-7000-8000-000000000000"]}, "NOT_FOUND"),
            ({"content": "again", "attachmentIds": ["no id"]}, "BAD_MESSAGE"),
            ({"content": "", "attachmentIds": []}, "BAD_MESSAGE"),
            ({}, "BAD_MESSAGE"),
        ):
            await anas.say("message.send", roomId=room, clientTempId="u", **fields)
            assert await anas.refused(clientTempId="u") == code
        await bens.say("message.send", roomId=room, content="mine", clientTempId="v", attachmentIds=[two["id"]])
        assert await bens.refused(clientTempId="v") == "NOT_FOUND"
    assert (await ben.history(room))[0]["attachments"] == [one, two]
    assert await have(ben, f"/attachments/{two['id']}") == (200, b"x" * 3_000_000)
    assert (await have(cho, f"/attachments/{two['id']}"))[0] == 404
    async with await ben.connect() as late:
        await late.join(room, since=0)
        assert (await late.expect("message.new"))["attachments"] == [one, two]


async def thumbnail_of(person: Person, id_: str) -> bytes:
    async def look() -> bytes:
        status, content = await have(person, f"/attachments/{id_}/thumbnail")
        assert status in {200, 404}
        return content if status == 200 else b""

    return await until(look)


async def test_a_worker_makes_pictures_small(ana: Person, ben: Person, room: str) -> None:
    brought = await bring(ana, picture())
    assert (brought["width"], brought["height"]) == (1200, 600)
    small = Image.open(io.BytesIO(await thumbnail_of(ana, brought["id"])))
    assert (small.format, small.size) == ("WEBP", (480, 240))
    assert (await have(ben, f"/attachments/{brought['id']}/thumbnail"))[0] == 404
    await ana.post(f"/rooms/{room}/messages", {"attachmentIds": [brought["id"]]})
    assert (await have(ben, f"/attachments/{brought['id']}/thumbnail"))[0] == 200


async def test_what_only_looks_like_a_picture_has_no_small_one(server: Server, ana: Person) -> None:
    brought = await bring(ana, b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    assert brought["kind"] == "image"
    whole = await bring(ana, picture())
    await thumbnail_of(ana, whole["id"])
    assert (await have(ana, f"/attachments/{brought['id']}/thumbnail"))[0] == 404
    async with server.product.adapters.work()() as work:
        assert await work.job_backlog.waiting(now=server.clock.now()) == []


async def test_what_nobody_refers_to_is_removed(server: Server, ana: Person, ben: Person, room: str) -> None:
    unsent, deleted, of_room, kept = [await bring(ana, picture(), f"{number}.jpg") for number in range(4)]
    for file in (unsent, deleted, of_room, kept):
        await thumbnail_of(ana, file["id"])
    elsewhere = await ana.open_room()
    for file, where in ((deleted, room), (kept, room), (of_room, elsewhere)):
        file["message"] = await ana.post(f"/rooms/{where}/messages", {"attachmentIds": [file["id"]]})
    await ana.call("DELETE", f"/rooms/{room}/messages/{deleted['message']['id']}")
    await ana.call("DELETE", f"/rooms/{elsewhere}")
    for file in (deleted, of_room):
        assert (await have(ana, f"/attachments/{file['id']}"))[0] == 404
    blobs = server.product.adapters.blobs()
    await server.product.files().sweep()
    assert await keys_of(blobs) == both(unsent) | both(kept)
    server.clock.advance(hours=25)
    await server.product.files().sweep()
    assert await keys_of(blobs) == both(kept)


async def test_what_the_storage_has_beside_what_is_known_is_found(server: Server, ana: Person) -> None:
    known = await bring(ana, b"words")

    async def words() -> AsyncIterator[bytes]:
        yield b"words"

    blobs, files = server.product.adapters.blobs(), server.product.files()
    strays = {"019c0000-0000-7000-8000-000000000000", "019c0000-0000-7000-8000-000000000000.thumbnail", "no-id"}
    for key in strays:
        await blobs.write(key, words())
    assert await files.strays() == []
    server.clock.advance(days=1000)
    assert set(await files.strays()) == strays
    await files.remove_strays(await files.strays())
    assert await keys_of(blobs) == {known["id"]}


async def test_in_a_store_that_speaks_s3(open_server: OpenServer, database_url: str | None) -> None:
    s3 = S3(FakeClock())
    async with s3.serving():
        server = await open_server(
            JARVIS_STORAGE="s3", S3_ENDPOINT=s3.url, S3_BUCKET="files", S3_ACCESS_KEY_ID="i", S3_SECRET_ACCESS_KEY="k"
        )
        ana = await server.person("Ana")
        content = bytes(range(256)) * 50_000
        brought = await bring(ana, content, "큰 것.bin")
        assert set(s3.objects) == ({brought["id"]} if database_url else set())  # all in memory is all in memory
        assert await have(ana, f"/attachments/{brought['id']}") == (200, content)
        if not database_url:
            return
        s3.failing = True
        assert (await have(ana, f"/attachments/{brought['id']}"))[0] == 503
        with pytest.raises(AssertionError, match="SERVICE_UNAVAILABLE"):
            await bring(ana, content)


async def keys_of(blobs: Any) -> set[str]:
    return {found.key async for found in blobs.everything()}


def both(file: Json) -> set[str]:
    return {file["id"], f"{file['id']}.thumbnail"}
