"""What is no HTTP is refused in the words of the contract, and shows nothing of the inside."""

import asyncio
import json

import pytest

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import Server

HEAD = b"POST /rooms HTTP/1.1\r\nHost: here\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x00\xff" * 20, id="TLS"),
        pytest.param(b"FOO /rooms HTTP/1.1\r\nHost: here\r\n\r\n", id="no method"),
        pytest.param(b"GET /health HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(HEAD + b"Authorization: Bearer sec\x00ret\r\n\r\n", id="NUL in a header"),
        pytest.param(HEAD + b"X: " + b"secret" * 10_000 + b"\r\n\r\n", id="large header"),
        pytest.param(HEAD + b"Content-Length: -4\r\n\r\n", id="negative length"),
        pytest.param(HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="two lengths"),
        pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\nsecret\r\n{}\r\n0\r\n\r\n", id="bad chunk"),
    ],
)
async def test_what_is_no_http_gets_its_error_code(server: Server, ana: Person, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(sent)
    async with asyncio.timeout(10):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    answer = json.loads(body)
    assert head.split()[1] == b"400"
    assert (answer["error"], bool(answer["requestId"])) == ("VALIDATION_FAILED", True)
    assert b"aiohttp" not in head
    assert b"secret" not in body
    assert await ana.get("/rooms") == []
