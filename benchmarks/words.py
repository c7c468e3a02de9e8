"""What Jarvis adds between the model's word and the reader's screen: a model of our own stamps each word it says."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from statistics import median, quantiles

import aiohttp
from aiohttp import web

from benchmarks.bench import Bench
from benchmarks.cores import Cores, on_core
from benchmarks.errors import BenchmarkError
from benchmarks.generator import Endpoint
from benchmarks.report import Row

_ADDS_MS = 10.0
_AT_ONCE = 8
_WORDS = 60
_PAUSE = 0.05
_WITHIN = 60.0  # seconds


@contextmanager
def stamping_model(cores: Cores) -> Iterator[str]:
    """The address of a server that speaks the API of OpenAI; the words it says are the times at which it says them."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    address: list[str] = []
    over = asyncio.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", _say_the_time)
        app.router.add_post("/v1/embeddings", _no_vectors)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address.append(f"http://127.0.0.1:{site.port}/v1")
        ready.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    with on_core(cores.load):
        thread.start()
    ready.wait(_WITHIN)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def measure_words(bench: Bench, alone: Endpoint, queued: Endpoint) -> None:
    """From a word's leaving the model to its reaching a reader: one process, and with Redis and a worker."""
    section = (
        f"From the model's word to the reader's screen ({_AT_ONCE} answers at once, {1 / _PAUSE:g} words a second)"
    )
    for name, server in (("one process", alone), ("server, Redis and a worker", queued)):
        took = [passed for _ in range(bench.plan.rounds) for passed in asyncio.run(_answers(server))]
        bench.report.keep(
            f"words, {name}", {"words": len(took), "milliseconds": sorted(took)[:: max(len(took) // 200, 1)]}
        )
        target, bound = (f"< {_ADDS_MS:g} ms", _ADDS_MS) if server is alone else ("", None)
        bench.report.add(Row(section, f"{name}, median", median(took), "ms", target, bound, at_least=False))
        bench.report.add(Row(section, f"{name}, p99", quantiles(took, n=100)[-1], "ms"))


async def _say_the_time(request: web.Request) -> web.StreamResponse:
    await request.read()
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    for _ in range(_WORDS):
        await asyncio.sleep(_PAUSE)
        await response.write(_chunk({"content": f"{time.monotonic_ns()} "}))
    await response.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
    return response


async def _no_vectors(_: web.Request) -> web.Response:
    return web.json_response({"error": {"message": "no vectors here", "code": "none"}}, status=400)


def _chunk(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "b", "object": "chat.completion.chunk", "created": 1, "model": "stamps", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


async def _answers(server: Endpoint) -> list[float]:
    async with aiohttp.ClientSession() as session, asyncio.timeout(_WITHIN):
        rooms = server.rooms[:_AT_ONCE]
        heard = await asyncio.gather(*(_answer(session, server, room, place) for place, room in enumerate(rooms)))
    return [passed for answer in heard for passed in answer]


async def _answer(session: aiohttp.ClientSession, server: Endpoint, room: str, place: int) -> list[float]:
    """The milliseconds that each word of one answer took."""
    asking, reading = server.tokens[place], server.tokens[place + _AT_ONCE]
    async with _socket(session, server, reading, room) as reader, _socket(session, server, asking, room) as asker:
        await asker.send_json({"type": "jarvis.request", "roomId": room, "prompt": "What time is it?"})
        took: list[float] = []
        async for message in reader:
            now, event = time.monotonic_ns(), json.loads(message.data)
            if event["type"] == "bot.done":
                return took
            if event["type"] == "bot.failed":
                raise BenchmarkError(f"an answer failed: {event['payload']}")
            if event["type"] == "bot.stream" and (word := event["payload"]["chunk"].strip()):
                took.append((now - int(word)) / 1e6)
    raise BenchmarkError("the server closed the socket")


@asynccontextmanager
async def _socket(
    session: aiohttp.ClientSession, server: Endpoint, token: str, room: str
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with session.ws_connect(f"http://127.0.0.1:{server.port}/ws?token={token}") as socket:
        await socket.send_json({"type": "room.join", "roomId": room})
        async for message in socket:
            if json.loads(message.data)["type"] == "room.joined":
                break
        yield socket
