"""What can be seen of a server that works, fails and stops, and what must not be seen."""

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from application.rooms import Rooms
from entrypoints.container import set_up_logs
from tests.end_to_end.client import Person, WayIn, open_socket
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.houses import SECRET
from tests.jarvis_process import JarvisProcess, beside, running
from tests.models import ScriptedModel
from tests.redis_server import RedisServer, free_port
from tests.waiting import until

PLANTED = "zebra"
"""Every text and every secret of these tests has it in it."""

METRICS_TOKEN = "zebra-metrics-token"
BAD_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ6ZWJyYSJ9.zebra-signature"


class Log(io.StringIO):
    """Tells who waits when something was written, in whatever thread."""

    def __init__(self) -> None:
        super().__init__()
        self._told: list[asyncio.Future[None]] = []

    def write(self, text: str) -> int:
        count = super().write(text)
        told, self._told = self._told, []
        for one in told:
            one.get_loop().call_soon_threadsafe(_tell, one)
        return count

    def more(self) -> "asyncio.Future[None]":
        """Done once more was written than there is now."""
        self._told.append(asyncio.get_running_loop().create_future())
        return self._told[-1]


def _tell(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


@pytest.fixture
def log() -> Iterator[Log]:
    """All that is written at level debug."""
    root, stream = logging.getLogger(), Log()
    level, handlers = root.level, list(root.handlers)
    set_up_logs("debug", "json", (), stream)
    yield stream
    root.setLevel(level)
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
    for name in ("domain", "application", "adapters", "entrypoints"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines_of(log: Log) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_texts_and_secrets_are_in_no_line_however_things_go(
    open_server: OpenServer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:

    async def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(f"{PLANTED}: a text in an error")

    model = ScriptedModel(f"{PLANTED} one", RuntimeError(f"{PLANTED} in a model's error"))
    server = await open_server(model, JARVIS_METRICS_TOKEN=METRICS_TOKEN)
    ana = await server.person("Ana", "ana@local")
    room = await ana.open_room(title=f"{PLANTED} room")
    await bad_requests(server, ana, room)
    await bad_sockets(server)
    async with await ana.connect() as socket:
        await socket.join(room)
        said = await socket.send(room, f"{PLANTED} message", f"{PLANTED}-temp")
        await socket.say("message.send", roomId=room, content=f"{PLANTED} other", clientTempId=f"{PLANTED}-temp")
        await socket.say("message.edit", roomId=room, messageId=said["id"], content=f"{PLANTED} edited")
        await socket.say_raw(f'{{"type": "message.send", "{PLANTED}": ')
        await socket.say_raw(f'{{"type": "{PLANTED}", "content": "{PLANTED}"}}')
        await socket.say("rtc.offer", roomId=room, sdp=f"{PLANTED} sdp")
        await socket.say("jarvis.request", roomId=room, prompt=f"{PLANTED} prompt", requestId=f"{PLANTED}-request")
        await socket.expect("bot.stream", chunk=f"{PLANTED} one")
        await line_in(log, "worked on a lane", outcome="failed")
        with monkeypatch.context() as patch:
            patch.setattr(Rooms, "rename", breaks)
            await socket.say("room.rename", roomId=room, title=f"{PLANTED} title")
            assert await socket.refused(message="INTERNAL_ERROR") == "INTERNAL_ERROR"
            patch.setattr(Rooms, "members", breaks)
            assert (await ana.call("GET", f"/rooms/{room}/members")).error == "INTERNAL_ERROR"
        await socket.settled()
    assert set(socket.refusals) >= {"CLIENT_TEMP_ID_REUSED", "BAD_JSON", "BAD_MESSAGE"}
    written = log.getvalue()
    assert PLANTED not in written.lower()
    assert ana.token not in written
    assert SECRET not in written
    lines = lines_of(log)
    failures = [line for line in lines if line["level"] == "error"]
    assert failures, "the failures themselves are written down"
    assert any("RuntimeError" in line.get("exception", "") + line["event"] for line in failures)


async def bad_requests(server: Server, ana: Person, room: str) -> None:
    for headers in ({"Authorization": f"Bearer {BAD_TOKEN}"}, {"Authorization": f"Basic {PLANTED}"}, {}):
        for query in ("", f"?token={BAD_TOKEN}"):
            async with server.session.get(f"{server.url}/rooms{query}", headers=headers) as response:
                assert response.status == 401
    for path, body in (
        ("/auth/dev", f'{{"email": "{PLANTED}'),
        ("/auth/dev", f'{{"email": ["{PLANTED}"]}}'),
        ("/rooms", f'{{"title": 7, "{PLANTED}": "{PLANTED}"}}'),
        (f"/rooms/{room}/members", f'{{"userIds": ["{PLANTED}"]}}'),
        (f"/rooms/{PLANTED}/members", "{}"),
        (f"/{PLANTED}", "{}"),
    ):
        headers = {"Authorization": f"Bearer {ana.token}", "Content-Type": "application/json"}
        async with server.session.post(f"{server.url}{path}", data=body, headers=headers) as response:
            assert 400 <= response.status < 500
    async with server.session.get(f"{server.url}/users?search={PLANTED}", headers=headers) as response:
        assert response.status == 200
    for header in (f"Bearer {PLANTED}", f"Bearer {METRICS_TOKEN}"):
        async with server.session.get(f"{server.url}/metrics", headers={"Authorization": header}) as response:
            assert response.status == (200 if METRICS_TOKEN in header else 401)
            assert PLANTED not in await response.text()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(f"GET /rooms HTTP/1.1\r\nHost: x\r\n{PLANTED} {PLANTED}\r\n\r\n".encode())
    assert b" 400 " in await reader.read()
    writer.close()
    await writer.wait_closed()


async def bad_sockets(server: Server) -> None:
    ways: tuple[WayIn, ...] = ("query", "subprotocol", "header", "hello")
    for way in ways:
        socket = await open_socket(server.session, server.url, BAD_TOKEN, way=way)
        assert await socket.closed() == 4001
    protocols = (f"bearer.{BAD_TOKEN}",)
    async with server.session.ws_connect(f"{server.url}/ws", protocols=protocols) as ws:
        await ws.receive()


async def line_in(log: Log, event: str, **fields: object) -> dict[str, Any]:
    """Wait for a line with this event and these fields."""
    async with asyncio.timeout(10):
        while True:
            more = log.more()
            for line in lines_of(log):
                if line["event"] == event and fields.items() <= line.items():
                    return line
            await more


async def test_a_question_is_followed_from_the_socket_to_the_worker(open_server: OpenServer, log: Log) -> None:
    server = await open_server()
    ana = await server.person("Ana")
    room = await ana.open_room()
    headers = {"Authorization": f"Bearer {ana.token}", "X-Request-Id": "trace-me"}
    async with server.session.ws_connect(f"{server.url}/ws", headers=headers) as ws:
        await ws.send_json({"type": "jarvis.request", "roomId": room, "prompt": "why?"})
        waiting = await line_in(log, "work waits", lane=f"room:{room}")
        worked = await line_in(log, "worked on a lane", outcome="done")
    assert waiting["request_id"] == worked["request_id"] == "trace-me"
    assert re.fullmatch(r"[0-9a-f-]{36}", worked["question_id"])


async def test_a_refused_request_is_found_by_its_id(open_server: OpenServer, log: Log) -> None:
    server = await open_server()
    async with server.session.get(f"{server.url}/rooms", headers={"X-Request-Id": "trace-7"}) as response:
        assert response.status == 401
    line = await line_in(log, "a request", status=401)
    assert (line["request_id"], line["route"], line["method"]) == ("trace-7", "/rooms", "GET")


async def metrics_of(server: Server) -> dict[tuple[str, ...], float]:
    async with server.session.get(f"{server.url}/metrics") as response:
        assert response.status == 200
        families = text_string_to_metric_families(await response.text())
        return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


async def test_the_metrics_tell_of_what_has_happened(open_server: OpenServer) -> None:
    server = await open_server()
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect() as socket, await ana.connect() as other:
        await other.join(room)
        await socket.join(room)
        for number in range(5):
            await socket.send(room, f"message {number}", f"temp-{number}")
        await other.expect("message.new", content="message 4")
        await socket.say_raw("nonsense")
        assert await socket.refused() == "BAD_JSON"
        await socket.send(room, "자비스야, why?", "temp-question")
        await socket.expect("bot.done")
        found = await metrics_of(server)
        assert found["jarvis_open_sockets",] == 2
        assert found["jarvis_heard_rooms",] == 1
    assert found["jarvis_batch_messages_sum",] == 6
    assert 1 <= found["jarvis_batch_seconds_count",] <= 6
    assert found["jarvis_fan_out_seconds_count",] >= 1
    assert 0 < found["jarvis_fan_out_seconds_sum",] < 10
    assert found["jarvis_socket_refusals_total", "BAD_JSON"] == 1
    assert found["jarvis_http_requests_total", "POST", "/rooms", "200"] == 1
    assert found["jarvis_model_seconds_count", "done"] == 1
    assert found["jarvis_model_first_chunk_seconds_count",] == 1
    assert found["jarvis_questions_waiting",] == 0
    assert found["jarvis_data_free_bytes",] > 0
    assert found["jarvis_draining",] == 0
    assert found["process_resident_memory_bytes",] > 0


@asynccontextmanager
async def somebody_on(jarvis: JarvisProcess) -> AsyncIterator[tuple[aiohttp.ClientSession, Person]]:
    async with aiohttp.ClientSession() as session:
        yield session, await Person.sign_in(session, jarvis.url, "Ana")


async def readiness(session: aiohttp.ClientSession, jarvis: JarvisProcess) -> tuple[int, bool]:
    async with session.get(f"{jarvis.url}/health/ready") as response:
        return response.status, (await response.json())["draining"]


async def test_a_server_that_is_told_to_stop_is_not_ready_and_still_works(tmp_path: Path) -> None:
    settings = {"JARVIS_DRAIN_NOTICE_SECONDS": "600"}
    async with running("demo", folder=tmp_path, **settings) as jarvis, somebody_on(jarvis) as (session, ana):
        room = await ana.open_room()
        async with await ana.connect() as socket:
            await socket.join(room)
            assert await readiness(session, jarvis) == (200, False)
            jarvis.ask_to_stop()

            async def draining() -> bool:
                return await readiness(session, jarvis) == (503, True)

            await until(draining)
            assert (await socket.send(room, "still here", "temp-1"))["content"] == "still here"
            async with await ana.connect() as another:
                await another.join(room)
            async with session.get(f"{jarvis.url}/health/live") as response:
                assert response.status == 200
            jarvis.ask_to_stop()
            assert await jarvis.ended() == 130


async def test_everybody_is_let_go_within_the_time_that_is_set(tmp_path: Path) -> None:
    settings = {"JARVIS_DRAIN_NOTICE_SECONDS": "0.2", "JARVIS_DRAIN_SECONDS": "0.5"}
    async with running("demo", folder=tmp_path, **settings) as jarvis, somebody_on(jarvis) as (_, ana):
        sockets = [await ana.connect() for _ in range(12)]
        for socket in sockets:
            await socket.settled()
        jarvis.ask_to_stop()
        codes = await asyncio.gather(*(socket.closed() for socket in sockets))
        assert codes == [1001] * 12
        assert await jarvis.ended() == 0


async def shown_at(session: aiohttp.ClientSession, port: int) -> str:
    async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
        return await response.text()


def logged_by(folder: Path) -> list[dict[str, Any]]:
    """All lines of all processes that were started there."""
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("stderr*.txt")]
    return [json.loads(line) for text in texts for line in text.splitlines()]


async def test_a_question_is_followed_through_the_queue_to_a_worker_of_its_own(
    tmp_path: Path, postgres_dsn: str, stoppable_redis: RedisServer
) -> None:
    port = free_port()
    settings = {
        "DATABASE_URL": postgres_dsn,
        "REDIS_URL": stoppable_redis.url,
        "JARVIS_LOG_FORMAT": "json",
        "JARVIS_LOG_LEVEL": "debug",
    }
    async with (
        running("serve", folder=tmp_path, **settings) as jarvis,
        beside("worker", folder=tmp_path, **settings, JARVIS_METRICS_PORT=str(port)),
        somebody_on(jarvis) as (session, ana),
    ):
        room = await ana.open_room()
        headers = {"Authorization": f"Bearer {ana.token}", "X-Request-Id": "trace-me"}
        async with session.ws_connect(f"{jarvis.url}/ws", headers=headers) as ws:
            await ws.send_json({"type": "room.join", "roomId": room})
            await ws.send_json({"type": "jarvis.request", "roomId": room, "prompt": f"{PLANTED}?"})
            async with asyncio.timeout(20):
                while (await ws.receive_json())["type"] != "bot.done":
                    pass
        async with session.get(f"http://127.0.0.1:{port}/health/ready") as response:
            assert response.status == 200

        async def over() -> bool:
            """Whether the work is over: the answer was heard before that."""
            return 'jarvis_job_seconds_count{kind="answer",outcome="done"} 1.0' in await shown_at(session, port)

        await until(over)
        async with session.get(f"{jarvis.url}/metrics") as response:
            shown = await response.text()
        assert "jarvis_bus_up 1.0" in shown
        assert 'jarvis_http_requests_total{method="POST",route="/rooms",status="200"} 1.0' in shown
    lines = logged_by(tmp_path)
    traced = {line["event"] for line in lines if line.get("request_id") == "trace-me"}
    assert {"work waits", "worked on a lane"} <= traced
    assert PLANTED not in json.dumps(lines)
    assert ana.token not in json.dumps(lines)
