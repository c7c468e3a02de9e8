"""A local server that speaks the API of OpenAI as it is told: streams in any pieces, tool calls, refusals, silence."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

MODEL = "scripted-1"


@dataclass
class Refusal:
    """An answer with this status."""

    status: int
    code: str = "error"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Stream:
    """An answer in server-sent events, cut into pieces of ``cut`` bytes.

    ``escaped`` writes only ASCII, so that half a character can be written.
    ``stops`` ends the connection before the end is announced; ``stalls`` falls silent there until the server closes.
    """

    chunks: Sequence[Mapping[str, Any]]
    cut: int = 1 << 20
    escaped: bool = False
    stops: bool = False
    stalls: bool = False


@dataclass
class Whole:
    """An answer that is not streamed."""

    text: str
    finish_reason: str = "stop"


@dataclass
class Vectors:
    """An answer to a request for embeddings."""

    vectors: Sequence[Sequence[float]]
    backwards: bool = False


@dataclass
class Heard:
    """What was said in a piece of sound; ``language`` is told where it is asked for, by its English name."""

    text: str
    language: str = "korean"


Reply = Refusal | Stream | Whole | Vectors | Heard


def delta(
    content: str | None = None, calls: Sequence[Mapping[str, Any]] | None = None, finish: str | None = None
) -> dict[str, Any]:
    """A chunk of a streamed answer."""
    said: dict[str, Any] = {}
    if content is not None:
        said["content"] = content
    if calls is not None:
        said["tool_calls"] = list(calls)
    return {"choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


def usage(tokens_in: int, tokens_out: int) -> dict[str, Any]:
    """The last chunk, which tells what the answer took."""
    return {
        "choices": [],
        "usage": {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out},
    }


def words(*pieces: str) -> Stream:
    """An answer that says these pieces, and is well."""
    return Stream([delta(""), *(delta(piece) for piece in pieces), delta(finish="stop"), usage(11, len(pieces))])


class OpenAiServer:
    """Answers request after request with what is scripted, and keeps what it was asked.

    Requests for embeddings have a script of their own, since a worker makes them whenever somebody has said something.
    """

    def __init__(self) -> None:
        self.script: list[Reply] = []
        self.asked: list[dict[str, Any]] = []
        self.embeddings: list[Reply] = []
        self.embedded: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.silent = asyncio.Event()
        """Set while an answer has fallen silent."""
        self._over = asyncio.Event()
        self._server: TestServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://{self._server.host}:{self._server.port}/v1"

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        fields: dict[str, Any] = {name: value for name, value in form.items() if name != "file"}
        self.asked.append({**fields, "sound": file.file.read(), "name": file.filename, "mime": file.content_type})
        return await self._reply(request, self.script, str(form.get("response_format")))

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        return await self._reply(request, self.script)

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        self.embedded.append(await request.json())
        return await self._reply(request, self.embeddings)

    async def _reply(self, request: web.Request, script: list[Reply], form: str = "json") -> web.StreamResponse:
        self.keys.append(request.headers.get("Authorization", ""))
        reply = script.pop(0) if script else Refusal(500)
        match reply:
            case Refusal(status=status, code=code, headers=headers):
                body = {"error": {"message": "secret-of-the-server", "type": code, "code": code}}
                return web.json_response(body, status=status, headers=dict(headers))
            case Whole(text=text, finish_reason=reason):
                return web.json_response(_whole(text, reason))
            case Vectors():
                return web.json_response(_vectors(reply))
            case Heard(text=text, language=language):
                told = {"text": text}
                return web.json_response(told if form == "json" else {**told, "language": language, "duration": 1.0})
            case Stream():
                return await self._stream(request, reply)

    async def _stream(self, request: web.Request, reply: Stream) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        events = [_event(json.dumps(_chunk(chunk), ensure_ascii=reply.escaped)) for chunk in reply.chunks]
        if not (reply.stops or reply.stalls):
            events.append(_event("[DONE]"))
        data = b"".join(events)
        for at in range(0, len(data), reply.cut):
            await response.write(data[at : at + reply.cut])
        if reply.stalls:
            self.silent.set()
            await self._over.wait()
        if reply.stops and request.transport is not None:
            request.transport.close()
        return response

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["OpenAiServer"]:
        """Serve for the length of the block."""
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_post("/v1/embeddings", self._embed)
        app.router.add_post("/v1/audio/transcriptions", self._transcribe)
        self._server = TestServer(app, host="127.0.0.1")
        await self._server.start_server(access_log=None)
        try:
            yield self
        finally:
            self._over.set()
            await self._server.close()


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


def _chunk(chunk: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, **chunk}


def _whole(text: str, reason: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }


def _vectors(reply: Vectors) -> dict[str, Any]:
    data = [
        {"object": "embedding", "index": index, "embedding": list(vector)} for index, vector in enumerate(reply.vectors)
    ]
    if reply.backwards:
        data.reverse()
    return {"object": "list", "data": data, "model": MODEL, "usage": {"prompt_tokens": 1, "total_tokens": 1}}
