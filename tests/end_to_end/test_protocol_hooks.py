"""Hooks through the whole product: programs that post, and a receiver of this machine that is told."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.end_to_end.client import PATIENCE, Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.vendors.stand_in import StandIn


class Receiver(StandIn):
    """Takes what it is told, but for as many as it is to ``refuse``."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.refuse = 0
        self._came = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append((dict(request.headers), await request.read()))
        self._came.set()
        self.refuse -= 1
        return web.Response(status=503 if self.refuse >= 0 else 204)

    async def until(self, count: int) -> list[Any]:
        """Wait until it was told so much; answers what, as JSON."""
        async with asyncio.timeout(PATIENCE):
            while len(self.got) < count:
                self._came.clear()
                await self._came.wait()
        return [json.loads(body) for _, body in self.got]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with receiver.serving():
        yield receiver


@pytest.fixture
async def server(open_server: OpenServer) -> Server:
    return await open_server(JARVIS_OUTBOUND_ALLOW="127.0.0.1", JARVIS_RATE_HOOKS="5/0.001")


async def post(server: Server, path: str, body: object = None, **more: Any) -> tuple[int, Any]:
    async with server.session.post(f"{server.url}{path}", json=body, **more) as response:
        return response.status, await response.json()


async def test_a_program_posts_by_an_address_alone(server: Server, ana: Person, ben: Person, room: str) -> None:
    made = await ana.post(f"/rooms/{room}/hooks/incoming", {"name": "CI"})
    assert set(made) == {"id", "roomId", "name", "createdBy", "createdAt", "path"}
    listed = await ana.get(f"/rooms/{room}/hooks")
    assert listed == {"incoming": [{k: v for k, v in made.items() if k != "path"}], "outgoing": []}
    async with await ben.connect(room) as bens:
        status, answered = await post(server, made["path"], {"text": "배포 끝"}, headers={"Idempotency-Key": "7"})
        assert status == 200
        new = await bens.expect("message.new", id=answered["messageId"])
        assert new["senderType"] == "bot"
        assert (new["senderUserId"], new["senderName"], new["content"]) == (None, "CI", "배포 끝")
        assert new.seq == answered["seq"]
        again = await post(server, made["path"], {"text": "배포 끝"}, headers={"Idempotency-Key": "7"})
        assert again == (200, answered)
        assert (await ben.history(room))[-1] == new.payload
        await bens.settled()
        assert len(bens.told("message.new")) == 1
        other, refused = await post(server, made["path"], {"text": "x"}, headers={"Idempotency-Key": "7"})
        assert (other, refused["error"]) == (409, "CLIENT_TEMP_ID_REUSED")


async def test_what_is_sent_to_slack_is_understood(server: Server, ana: Person, room: str) -> None:
    path = (await ana.post(f"/rooms/{room}/hooks/incoming", {"name": "CI"}))["path"]
    attachment = {
        "fallback": "no",
        "title": "Build 7",
        "title_link": "https://ci.example/7",
        "text": "green",
        "color": "good",
    }
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "둘"}}, {"type": "divider"}]
    status, _ = await post(server, path, {"text": "하나", "attachments": [attachment], "username": "root"})
    assert status == 200
    assert (await post(server, path, {"blocks": blocks}))[0] == 200
    async with server.session.post(f"{server.url}{path}", data={"payload": json.dumps({"text": "셋"})}) as response:
        assert response.status == 200
    said = [(message["senderName"], message["content"]) for message in await ana.history(room)]
    assert said == [("CI", "하나\nBuild 7\nhttps://ci.example/7\ngreen"), ("CI", "둘"), ("CI", "셋")]


async def test_what_a_hook_may_not_do(server: Server, ana: Person, ben: Person, room: str) -> None:
    assert (await ben.call("POST", f"/rooms/{room}/hooks/incoming", {"name": "x"})).error == "ADMIN_ONLY"
    made = await ana.post(f"/rooms/{room}/hooks/incoming", {"name": "CI"})
    wrong: list[object] = [{}, {"text": "  "}, {"text": 7}, [], {"text": "a\x00b"}]
    for body in wrong:
        status, refused = await post(server, made["path"], body)
        assert (status, refused["error"]) == (400, "VALIDATION_FAILED")
    status, refused = await post(server, made["path"], {"text": "x"})
    assert (status, refused["error"]) == (429, "RATE_LIMITED"), "five at once is what this installation allows"
    status, refused = await post(server, "/hooks/none", {"text": "x"})
    assert (status, refused["error"]) == (404, "NOT_FOUND")
    renewed = await ana.post(f"/rooms/{room}/hooks/incoming/{made['id']}/renew")
    assert renewed["path"] != made["path"]
    status, _ = await post(server, renewed["path"], {"text": "자비스야 안녕"})
    assert status == 200
    async with await ana.connect(room) as anas:
        await anas.settled()
        assert anas.told("bot.stream") == []
    assert [message["content"] for message in await ana.history(room)] == ["자비스야 안녕"]
    assert (await ana.call("DELETE", f"/rooms/{room}/hooks/incoming/{made['id']}")).status == 200
    assert (await post(server, renewed["path"], {"text": "x"}))[0] == 404


async def test_a_receiver_is_told_what_clients_are_told(
    server: Server, ana: Person, ben: Person, room: str, receiver: Receiver
) -> None:
    events = ["message.new", "message.updated"]
    made = await ana.post(
        f"/rooms/{room}/hooks/outgoing", {"name": "Tracker", "url": f"{receiver.url}/in", "events": events}
    )
    assert made["secret"].startswith("whsec_")
    [listed] = (await ana.get(f"/rooms/{room}/hooks"))["outgoing"]
    assert listed == {k: v for k, v in made.items() if k != "secret"}
    receiver.refuse = 1
    async with await ben.connect(room) as bens:
        first = await bens.send(room, "하나")
        await receiver.until(1)
        second = await bens.send(room, "둘")
        await bens.say("message.edit", roomId=room, messageId=first["id"], content="셋")
        await bens.expect("message.updated")
        server.clock.advance(seconds=6)
        told = await receiver.until(4)
        assert [(one["type"], one["seq"]) for one in told] == [
            ("message.new", 1), ("message.new", 1), ("message.new", 2), ("message.updated", 3),
        ]  # fmt: skip
        assert told[2] == {"type": "message.new", "payload": second.payload, "roomId": room, "seq": 2}
    names = [headers["X-Jarvis-Delivery"] for headers, _ in receiver.got]
    assert names[0] == names[1] == f"{made['id']}:1"
    for headers, body in receiver.got:
        signed = f"{headers['X-Jarvis-Timestamp']}.".encode() + body
        mac = hmac.new(made["secret"].encode(), signed, "sha256").hexdigest()
        assert headers["X-Jarvis-Signature"] == f"v1={mac}"
        assert headers["Content-Type"].startswith("application/json")


async def test_nobody_has_this_machine_called_that_was_not_opened(open_server: OpenServer, receiver: Receiver) -> None:
    server = await open_server()
    ana = await server.person("Ana")
    room = await ana.open_room()
    for url in (f"{receiver.url}/in", "http://169.254.169.254/latest", "http://[::1]:1/", "http://10.0.0.1/"):
        refused = await ana.call("POST", f"/rooms/{room}/hooks/outgoing", {"name": "x", "url": url})
        assert (refused.status, refused.error) == (400, "ADDRESS_NOT_ALLOWED")
    assert receiver.asked == []


async def test_a_hook_is_changed_switched_off_and_removed(
    server: Server, ana: Person, room: str, receiver: Receiver
) -> None:
    path = f"/rooms/{room}/hooks/outgoing"
    made = await ana.post(path, {"name": "Tracker", "url": f"{receiver.url}/in"})
    changed = await ana.call("PATCH", f"{path}/{made['id']}", {"name": "Board", "enabled": False})
    assert (changed.body["name"], changed.body["enabled"]) == ("Board", False)
    assert changed.body["disabledAt"] is not None
    renewed = await ana.post(f"{path}/{made['id']}/renew")
    assert renewed["secret"] != made["secret"]
    bad = await ana.call("PATCH", f"{path}/{made['id']}", {"events": ["typing"]})
    assert bad.error == "VALIDATION_FAILED"
    assert (await ana.call("DELETE", f"{path}/{made['id']}")).status == 200
    assert (await ana.call("DELETE", f"{path}/{made['id']}")).error == "NOT_FOUND"
    assert await ana.get(f"/rooms/{room}/hooks") == {"incoming": [], "outgoing": []}
