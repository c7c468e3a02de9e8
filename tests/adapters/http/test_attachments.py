"""Bringing files over HTTP and having them."""

import asyncio
import io
from dataclasses import replace
from uuid import UUID

import pytest
from aiohttp import FormData
from PIL import Image

from adapters.http.app import HttpOptions, build_app
from adapters.memory.blobs import InMemoryBlobs
from application.files import FileLimits, Files
from domain.attachments import safe_name
from domain.ids import AttachmentId
from tests.adapters.http.house import Answer, House
from tests.builders import eventually

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "PNG")
    return made.getvalue()


async def bring(house: House, by: str, content: bytes, name: str = "보고서.pdf") -> Answer:
    form = FormData(quote_fields=False)
    form.add_field("note", "not the file")
    form.add_field("file", content, filename=name, content_type="text/html")
    async with house.client.post("/attachments", data=form, headers={"Authorization": f"Bearer {by}"}) as response:
        return Answer(response.status, response.headers.copy(), await response.read())


def stored(house: House) -> set[str]:
    assert isinstance(house.files.blobs, InMemoryBlobs)
    return set(house.files.blobs._blobs)


def allow(house: House, limits: FileLimits) -> Files:
    """The house with other limits, to be served anew."""
    house.files = replace(house.files, limits=limits)
    house.parts = replace(house.parts, files=house.files)
    return house.files


async def test_what_was_brought_comes_back(house: House) -> None:
    ana, _ = await house.person("ana")
    brought = await bring(house, ana, b"%PDF-1.4\nwords", "../../보고서 v2.exe")
    assert brought.status == 200
    assert brought.json == {
        "id": brought.json["id"],
        "name": "보고서 v2.exe",
        "mime": "application/pdf",
        "size": 14,
        "kind": "file",
    }
    answer = await house.call("GET", f"/attachments/{brought.json['id']}", by=ana)
    assert (answer.status, answer.body) == (200, b"%PDF-1.4\nwords")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == "14"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=\"___ v2.exe\"; filename*=UTF-8''%EB")
    async with house.client.get(f"/attachments/{brought.json['id']}?token={ana}") as response:
        assert await response.read() == b"%PDF-1.4\nwords"


async def test_pictures_are_shown_and_nothing_else(house: House) -> None:
    ana, _ = await house.person("ana")
    for content, mime, disposition, kind in (
        (png(), "image/png", "inline", "image"),
        (HTML, "application/octet-stream", "attachment", "file"),
        (SVG, "application/octet-stream", "attachment", "file"),
        (b"<?xml version='1.0'?><a/>", "application/octet-stream", "attachment", "file"),
        (b"%PDF-1.4", "application/pdf", "attachment", "file"),
        (b"words", "application/octet-stream", "attachment", "file"),
        (b"", "application/octet-stream", "attachment", "file"),
    ):
        brought = await bring(house, ana, content, "picture.png")
        assert brought.json["kind"] == kind
        for method in ("GET", "HEAD"):
            answer = await house.call(method, f"/attachments/{brought.json['id']}", by=ana)
            assert answer.status == 200
            assert answer.headers["Content-Type"] == mime
            assert answer.headers["Content-Disposition"].partition(";")[0] == disposition
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Length"] == str(len(content))
            assert {"sandbox", "default-src 'none'"} <= set(answer.headers["Content-Security-Policy"].split("; "))
            assert answer.body == (content if method == "GET" else b"")
    picture = await bring(house, ana, png(), "words.txt")
    assert (picture.json["width"], picture.json["height"], picture.json["mime"]) == (40, 30, "image/png")
    shown = await house.call("GET", f"/attachments/{picture.json['id']}?download", by=ana)
    assert shown.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ({"Range": "bytes=0-3"}, 206, b"0123", "bytes 0-3/10"),
        ({"Range": "bytes=4-"}, 206, b"456789", "bytes 4-9/10"),
        ({"Range": "bytes=-3"}, 206, b"789", "bytes 7-9/10"),
        ({"Range": "bytes=8-100"}, 206, b"89", "bytes 8-9/10"),
        ({"Range": "bytes=0-9"}, 200, b"0123456789", None),
        ({"Range": "bytes=-100"}, 200, b"0123456789", None),
        ({"Range": "bytes=10-"}, 416, b"", "bytes */10"),
        ({"Range": "bytes=-0"}, 416, b"", "bytes */10"),
        ({"Range": "bytes=5-4"}, 200, b"0123456789", None),
        ({"Range": "bytes=-"}, 200, b"0123456789", None),
        ({"Range": "bytes=0-1,4-5"}, 200, b"0123456789", None),
        ({"Range": "lines=1-2"}, 200, b"0123456789", None),
        ({"Range": "bytes=0-3", "If-Range": '"{id}"'}, 206, b"0123", "bytes 0-3/10"),
        ({"Range": "bytes=0-3", "If-Range": '"other"'}, 200, b"0123456789", None),
        ({"If-None-Match": '"{id}"'}, 304, b"", None),
        ({"If-None-Match": 'W/"{id}", "other"'}, 304, b"", None),
        ({"If-None-Match": '"other"'}, 200, b"0123456789", None),
    ],
)
async def test_parts(house: House, asked: dict[str, str], status: int, body: bytes, told: str | None) -> None:
    ana, _ = await house.person("ana")
    id_ = (await bring(house, ana, b"0123456789")).json["id"]
    headers = {name: value.replace("{id}", id_) for name, value in asked.items()}
    answer = await house.call("GET", f"/attachments/{id_}", by=ana, headers=headers)
    assert (answer.status, answer.body, answer.headers.get("Content-Range")) == (status, body, told)
    assert answer.headers["ETag"] == f'"{id_}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    head = await house.call("HEAD", f"/attachments/{id_}", by=ana, headers=headers)
    assert (head.status, head.headers.get("Content-Range")) == (status, told)


async def test_who_may_have_a_file(house: House) -> None:
    ana, user = await house.person("ana")
    ben, friend = await house.person("ben")
    cho, _ = await house.person("cho")
    room = await house.room(user, friend)
    id_ = (await bring(house, ana, b"words")).json["id"]

    async def statuses() -> list[int]:
        return [(await house.call("GET", f"/attachments/{id_}", by=token)).status for token in (ana, ben, cho)]

    assert await statuses() == [200, 404, 404]
    said = await house.call("POST", f"/rooms/{room}/messages", by=ana, json={"attachmentIds": [id_]})
    assert said.status == 200
    assert (said.json["content"], said.json["attachments"][0]["id"]) == ("", id_)
    assert await statuses() == [200, 200, 404]
    await house.call("POST", f"/rooms/{room}/leave", by=ben)
    assert await statuses() == [200, 404, 404]
    await house.call("DELETE", f"/rooms/{room}/messages/{said.json['id']}", by=ana)
    assert await statuses() == [404, 404, 404]
    assert (await house.call("GET", f"/attachments/{id_}")).outcome == (401, "NO_TOKEN")
    assert (await house.call("GET", "/attachments/none", by=ana)).outcome == (400, "VALIDATION_FAILED")
    await house.files.sweep()
    assert stored(house) == set()


@pytest.mark.parametrize(
    ("ids", "outcome"),
    [
        (["{others}"], (404, "NOT_FOUND")),
        (["019c0000-0000-7000-8000-000000000000"], (404, "NOT_FOUND")),
        (["{mine}", "{mine}"], (400, "VALIDATION_FAILED")),
        (["{mine}", "none"], (400, "VALIDATION_FAILED")),
        ([f"019c0000-0000-7000-8000-0000000000{n:02}" for n in range(21)], (400, "VALIDATION_FAILED")),
        ([], (400, "VALIDATION_FAILED")),
        ("{mine}", (400, "VALIDATION_FAILED")),
    ],
)
async def test_what_is_not_sent(house: House, ids: list[str] | str, outcome: tuple[int, str]) -> None:
    ana, user = await house.person("ana")
    ben, _ = await house.person("ben")
    room = await house.room(user)
    names = {
        "{mine}": (await bring(house, ana, b"mine")).json["id"],
        "{others}": (await bring(house, ben, b"others")).json["id"],
    }
    named = [names.get(id_, id_) for id_ in ids] if isinstance(ids, list) else ids
    before = house.kept()
    answer = await house.call("POST", f"/rooms/{room}/messages", by=ana, json={"attachmentIds": named})
    assert answer.outcome == outcome
    assert house.kept() == before


async def test_a_repeated_send_and_another_with_the_same_file(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    id_ = (await bring(house, ana, b"mine")).json["id"]
    body = {"content": "here", "attachmentIds": [id_]}
    path, key = f"/rooms/{room}/messages", {"Idempotency-Key": "one"}
    first = await house.call("POST", path, by=ana, json=body, headers=key)
    again = await house.call("POST", path, by=ana, json=body, headers=key)
    assert first.json == again.json
    assert (await house.call("POST", path, by=ana, json=body)).outcome == (409, "ATTACHMENT_IN_USE")
    other = await house.call("POST", path, by=ana, json={"content": "here"}, headers=key)
    assert other.outcome == (409, "CLIENT_TEMP_ID_REUSED")


async def test_what_is_too_large_or_not_allowed_leaves_nothing(house: House) -> None:
    allow(house, FileLimits(size=100_000, types=("image/*", "application/pdf"), waiting=2))
    await house.serve(build_app(house.parts, HttpOptions(jwt_secret=house.options.jwt_secret)))
    ana, _ = await house.person("ana")
    before = house.kept()
    assert (await bring(house, ana, b"%PDF-1.4" + b"x" * 100_000)).outcome == (413, "PAYLOAD_TOO_LARGE")
    assert (await bring(house, ana, b"%PDF-1.4" + b"x" * 500_000)).outcome == (413, "PAYLOAD_TOO_LARGE")
    assert (await bring(house, ana, HTML, "fine.png")).outcome == (400, "FILE_TYPE_NOT_ALLOWED")
    assert stored(house) == set()
    assert len(house.store.files) == 0
    assert house.kept() == before
    for _ in range(2):
        assert (await bring(house, ana, b"%PDF-1.4" + b"x" * 90_000)).status == 200
    assert (await bring(house, ana, b"%PDF-1.4")).outcome == (409, "TOO_MANY_UPLOADS")
    assert len(stored(house)) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b"--x--\r\n",
        b"words",
        b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nhalf",
    ],
)
async def test_bodies_that_are_no_multipart(house: House, body: bytes) -> None:
    ana, _ = await house.person("ana")
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await house.call("POST", "/attachments", by=ana, data=body, headers=headers)
    assert answer.outcome == (400, "VALIDATION_FAILED")
    for type_ in ("application/json", "multipart/form-data", "multipart/mixed; boundary=x"):
        answer = await house.call("POST", "/attachments", by=ana, data=body, headers={"Content-Type": type_})
        assert answer.outcome == (400, "VALIDATION_FAILED")
    assert stored(house) == set()
    assert len(house.store.files) == 0


async def test_who_goes_in_the_middle_leaves_nothing(house: House) -> None:
    ana, _ = await house.person("ana")
    reader, writer = await asyncio.open_connection("127.0.0.1", house.client.port)
    head = (
        f"POST /attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ana}\r\nContent-Length: 10000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    )
    writer.write(head.encode() + b"y" * 1_000_000)
    await writer.drain()
    await eventually(lambda: len(house.store.files) == 1)
    writer.transport.abort()
    await eventually(lambda: len(house.store.files) == 0)
    assert reader is not None
    await eventually(lambda: len(house.store.doomed_files) == 0)
    assert stored(house) == set()


async def test_a_signed_address_needs_no_token_and_is_a_download(house: House) -> None:
    ana, user = await house.person("ana")
    room = await house.room(user)
    brought = await bring(house, ana, png(), "그림.png")
    id_ = brought.json["id"]
    path = house.files.links.path(AttachmentId(UUID(id_)))
    answer = await house.call("GET", path)
    assert (answer.status, answer.body) == (200, png())
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"] == "image/png"
    assert (await house.call("GET", path, headers={"Range": "bytes=0-3"})).status == 206
    until, _, mac = path.rpartition("/")[2].partition(".")
    for wrong in (f"{until}.{mac[:-1]}", f"{until}0.{mac}", f".{mac}", mac, f"{until}.", "x.y", f"{until}.é", "-1.x"):
        refused = await house.call("GET", f"/attachments/{id_}/signed/{wrong}")
        assert refused.outcome == (404, "NOT_FOUND")
    other = (await bring(house, ana, b"other")).json["id"]
    assert (await house.call("GET", path.replace(id_, other))).outcome == (404, "NOT_FOUND")
    assert (await house.call("GET", path.replace(id_, "none"))).outcome == (404, "NOT_FOUND")
    said = await house.call("POST", f"/rooms/{room}/messages", by=ana, json={"attachmentIds": [id_]})
    assert (await house.call("GET", path)).status == 200
    await house.call("DELETE", f"/rooms/{room}/messages/{said.json['id']}", by=ana)
    assert (await house.call("GET", path)).outcome == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("보고서.pdf", "보고서.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\a.txt", "a.txt"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"),
        ('a"b<c>.html', "a_b_c_.html"),
        ("\u202egnp.exe", "gnp.exe"),
        (".", "file"),
        ("..", "file"),
        ("", "file"),
        ("dir/", "file"),
        ("con.txt", "_con.txt"),
        ("\x00\x01", "file"),
        ("\ud800", "_"),
        ("글" * 200 + ".png", "글" * 83 + ".png"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept
    assert len(safe_name(given).encode()) <= 255
