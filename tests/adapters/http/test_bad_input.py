"""Whatever comes in, broken as it may be, is refused by name and changes nothing."""

import gzip
from typing import Any

import pytest

from tests.adapters.http.house import House

POST = b"POST /auth/dev HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"

MALFORMED: dict[str, bytes] = {
    "no JSON": b"email=dev1",
    "half an object": b'{"a":',
    "two objects": b"{}{}",
    "trailing comma": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "an array": b"[]",
    "null": b"null",
    "a text": b'"text"',
    "a number": b"1",
    "no UTF-8": b'{"a":"\xff\xfe"}',
    "an overlong NUL": b'{"a":"\xc0\x80"}',
    "a surrogate in UTF-8": b'{"a":"\xed\xa0\x80"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"a":1}',
    "a raw NUL": b'{"a":"\x00"}',
    "nothing but NULs": b"\x00" * 100,
    "arrays in thousands": b"[" * 30_000,
    "closed arrays in thousands": b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "objects in thousands": b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
    "a number of thousands of digits": b'{"a":' + b"9" * 5_000 + b"}",
    "a lone surrogate as a key": b'{"\\ud800":1}',
    "a lone surrogate somewhere": b'{"a":{"b":["\\udfff"]}}',
}

MISTYPED: dict[str, dict[str, list[tuple[str, bytes]]]] = {
    "/auth/dev": {
        "email": [
            ("number", b"1"),
            ("number past 64 bits", b"99999999999999999999999999"),
            ("infinity", b"1e999"),
            ("not a number", b"NaN"),
            ("bool", b"true"),
            ("array", b'["a"]'),
            ("object", b"{}"),
            ("too long", b'"' + b"x" * 321 + b'"'),
            ("NUL", b'"\\u0000"'),
            ("lone surrogate", b'"\\ud800"'),
        ],
        "name": [("number", b"1"), ("too long", b'"' + b"x" * 321 + b'"'), ("NUL", b'"a\\u0000b"')],
    },
    "/rooms": {
        "title": [
            ("number", b"1"),
            ("array", b"[]"),
            ("too long", b'"' + b"x" * 201 + b'"'),
            ("NUL", b'"a\\u0000"'),
            ("lone surrogate", b'"a\\udc00"'),
        ],
        "type": [("unknown", b'"secret"'), ("number", b"1"), ("upper case", b'"GROUP"'), ("empty", b'""')],
        "memberUserIds": [
            ("text", b'"a"'),
            ("object", b"{}"),
            ("numbers", b"[1]"),
            ("numbers past 64 bits", b"[99999999999999999999999999]"),
            ("nulls", b"[null]"),
            ("arrays", b"[[]]"),
            ("lone surrogate", b'["\\ud800"]'),
            ("thousands of numbers", b"[" + b"1," * 20_000 + b"1]"),
            ("too many", b"[" + b'"a",' * 1_000 + b'"a"]'),
        ],
    },
    "/rooms/{room}/members": {
        "userIds": [
            ("text", b'"a"'),
            ("number", b"1"),
            ("object", b"{}"),
            ("numbers", b"[1]"),
            ("nulls", b"[null]"),
            ("too many", b"[" + b'"a",' * 1_000 + b'"a"]'),
        ]
    },
}

_NO_FIELD_IS_NAMED = {"lone surrogate"}
"""Refused as a whole: JSON text cannot hold it."""


@pytest.mark.parametrize("path", ["/auth/dev", "/rooms", "/rooms/{room}/members"])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_body_that_is_no_json_object_is_refused(house: House, path: str, body: bytes) -> None:
    token, user = await house.person("user")
    path = path.format(room=await house.room(user))
    before = house.kept()
    answer = await house.call("POST", path, by=token, data=body)
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in answer.json["details"]] == ["body"]
    assert house.kept() == before
    assert (await house.call("GET", "/auth/me", by=token)).status == 200


@pytest.mark.parametrize(
    ("path", "field", "kind", "value"),
    [
        pytest.param(path, field, kind, value, id=f"{path} {field} {kind}")
        for path, fields in MISTYPED.items()
        for field, values in fields.items()
        for kind, value in values
    ],
)
async def test_a_field_of_the_wrong_sort_is_refused_by_name(
    house: House, path: str, field: str, kind: str, value: bytes
) -> None:
    token, user = await house.person("user")
    path = path.format(room=await house.room(user))
    before = house.kept()
    answer = await house.call("POST", path, by=token, data=b'{"%s":%s}' % (field.encode(), value))
    assert answer.outcome == (400, "VALIDATION_FAILED")
    named = [detail["field"].partition(".")[0] for detail in answer.json["details"]]
    assert named == (["body"] if kind in _NO_FIELD_IS_NAMED else [field])
    assert house.kept() == before


@pytest.mark.parametrize(
    "room", ["1", "local:1", "x" * 3000, "%00", "%ff", "0" * 32, "{" + "0" * 34 + "}", "urn:uuid:1"]
)
@pytest.mark.parametrize(("method", "rest"), [("GET", "members"), ("POST", "members"), ("GET", "messages")])
async def test_a_room_id_that_is_none_is_refused(house: House, room: str, method: str, rest: str) -> None:
    token, _ = await house.person("user")
    answer = await house.call(method, f"/rooms/{room}/{rest}", by=token, json={"userIds": ["a"]})
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in answer.json["details"]] == ["roomId"]


async def test_a_room_id_may_be_written_in_capitals(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    assert (await house.call("GET", f"/rooms/{str(room_id).upper()}/messages", by=token)).json == []


@pytest.mark.parametrize(("query", "status"), [("a%00b", 400), ("%ff%fe", 200), ("%ED%A0%80", 200), ("%25", 200)])
async def test_any_query_for_people_is_answered(house: House, query: str, status: int) -> None:
    token, _ = await house.person("user")
    answer = await house.call("GET", f"/users?q={query}", by=token)
    assert answer.status == status
    if status == 400:
        assert answer.outcome == (400, "VALIDATION_FAILED")
        assert [detail["field"] for detail in answer.json["details"]] == ["q"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_past_the_limit_is_too_large(house: House, chunked: bool) -> None:
    body = b'{"name":"' + b"x" * 70_000 + b'"}'
    before = house.kept()
    head = b"Transfer-Encoding: chunked\r\n" if chunked else b"Content-Length: %d\r\n" % len(body)
    sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    answer = await house.send_raw(
        b"POST /auth/dev HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + head + b"\r\n" + sent
    )
    assert answer.outcome == (413, "PAYLOAD_TOO_LARGE")
    assert house.kept() == before


async def test_a_body_that_grows_past_the_limit_when_unpacked_is_too_large(house: House) -> None:
    body = gzip.compress(b'{"name":"' + b"x" * 10_000_000 + b'"}')
    assert len(body) < 64 * 1024
    answer = await house.call("POST", "/auth/dev", data=body, headers={"Content-Encoding": "gzip"})
    assert answer.outcome == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize(
    "broken",
    [
        b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip",
        b"Content-Encoding: deflate\r\nContent-Length: 7\r\n\r\n\xff\xff\xffzip",
        b"Transfer-Encoding: chunked\r\n\r\nno size\r\n{}\r\n0\r\n\r\n",
    ],
    ids=["no gzip", "no deflate", "no chunk"],
)
async def test_a_body_that_cannot_be_unpacked_is_refused(house: House, broken: bytes) -> None:
    before = house.kept()
    answer = await house.send_raw(POST + broken)
    assert answer.status == 400
    assert house.kept() == before


async def test_only_the_first_faults_of_many_are_told(house: House) -> None:
    token, _ = await house.person("user")
    body: dict[str, Any] = {"title": 1, "type": 1, "memberUserIds": [1] * 5_000}
    answer = await house.call("POST", "/rooms", by=token, json=body)
    assert [detail["field"] for detail in answer.json["details"]] == ["title", "type", "memberUserIds.0"]


async def test_what_was_sent_is_not_repeated_in_the_refusal(house: House) -> None:
    token, _ = await house.person("user")
    answer = await house.call("POST", "/rooms", by=token, json={"title": {"a": "secret"}, "type": "secret"})
    assert answer.status == 400
    assert b"secret" not in answer.body


@pytest.mark.parametrize("path", ["/attachments", "/calendar/import", "/speech/transcribe", "/rooms/{room}/recordings"])
async def test_a_form_whose_parts_have_broken_headers_is_refused(house: House, path: str) -> None:
    token, user = await house.person("ana")
    room = await house.room(user)
    form = b'--x\r\nContent-Disposition: form-data; name="f"\x00\r\n\r\n1\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await house.call("POST", path.format(room=room), by=token, data=form, headers=headers)
    assert answer.outcome == (400, "VALIDATION_FAILED")
