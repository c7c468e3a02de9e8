"""The table of who may do what, walked over the whole product."""

import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import aiohttp
import pytest
from PIL import Image

from adapters.websocket.description import client_messages
from tests.described import openapi
from tests.end_to_end.authorisation import AN_EVENT, CALLS, MESSAGES, NEVER, PEOPLE, Row, Wall
from tests.end_to_end.client import Json, Person, open_socket
from tests.end_to_end.conftest import OpenServer, Server
from tests.models import ScriptedModel

SLOW = 200
"""Seconds that the whole table may take."""

IN_A_ROOM = {
    "messageId": ("member", "messages", {"content": "hello"}),
    "cardId": ("member", "cards", {"title": "Idea"}),
    "matterId": ("member", "tasks", {"title": "Do it"}),
    "hookId": ("admin", "hooks/incoming", {"name": "CI"}),
}
"""What is made in the room, and who makes it."""


def test_every_rest_call_has_a_row() -> None:
    calls = {f"{method.upper()} {path}" for path, of in openapi()["paths"].items() for method in of}
    assert set(CALLS) == calls, "say who may make it, in tests/end_to_end/authorisation.py"


def test_every_message_of_the_socket_has_a_row() -> None:
    assert set(MESSAGES) == {name for name, _ in client_messages()}, "say who may send it, in authorisation.py"


@pytest.fixture(params=["memory"])
def database_url() -> None:
    """In memory: the walls stand in the application, whatever it stands on."""


@dataclass(frozen=True)
class Scene:
    """The people, who are the same all the time, and a room of theirs with something in it."""

    server: Server
    people: Mapping[str, Person]
    homes: Mapping[str, str]
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    async def of(cls, server: Server) -> "Scene":
        names = (*PEOPLE, "other", "stranger")
        people = {name: await server.person(name) for name in names if name != "bot"}
        homes = {name: await people[name].open_room() for name in people}
        made = await people["admin"].post("/bots", {"name": "bot", "rights": ["read", "write", "ask"]})
        people["bot"] = replace(people["admin"], token=made["token"], id=made["id"], name="bot")
        homes["bot"] = homes["admin"]
        await people["revoked"].call("POST", "/auth/logout")
        scene = cls(server, people, homes)
        await scene.put_bot_in(homes["bot"])
        return scene

    async def put_bot_in(self, room: str) -> None:
        answer = await self.people["admin"].call("PUT", f"/bots/{self.people['bot'].id}/rooms/{room}")
        assert answer.status == 200, answer

    async def room(self) -> str:
        """A new room, in which one was and is no more."""
        owner, there = self.people["owner"], ("member", "admin", "removed", "revoked", "other")
        room = await owner.open_room(*(self.people[name] for name in there))
        await owner.call("PATCH", f"/rooms/{room}/members/{self.people['admin'].id}", {"role": "admin"})
        await owner.call("DELETE", f"/rooms/{room}/members/{self.people['removed'].id}")
        await self.put_bot_in(room)
        return room

    async def ids(self, needed: str) -> dict[str, str]:
        """What stands for each of the parts that are needed; made by the member where somebody has to make it."""
        member, ids = self.people["member"], {"emoji": "👍", "provider": "none", "secret": "none", "file": "none"}
        ids |= {"userId": self.people["other"].id, "strangerId": self.people["stranger"].id}
        room = ids["roomId"] = await self.room() if re.search("roomId|invitation|request|job", needed) else ""
        ids |= {"reportId": NEVER, "name": "PRD.md"}
        ids |= await self.in_no_room(needed)
        for part, (maker, kind, body) in IN_A_ROOM.items():
            if f"{{{part}}}" in needed:
                where = f"/rooms/{room}/{'decisions' if '/decisions' in needed else kind}"
                ids[part] = (await self.people[maker].post(where, body))["id"]
        if "{attachmentId}" in needed:
            ids |= {"attachmentId": await self.picture(), "signature": "none"}
        if "{invitation" in needed:
            made = await self.people["admin"].post(f"/rooms/{room}/invitations", {})
            ids |= {"invitationId": made["id"], "invitationToken": made["token"]}
        if "{jobId}" in needed:
            body = {"sourceRoomId": self.homes["member"]}
            ids["jobId"] = (await member.post(f"/rooms/{room}/import-meeting-summary", body))["jobId"]
        if "{sessionId}" in needed:
            session = await self.session()
            ids |= {"sessionId": session["sessionId"], "token": session["token"]}
        if "{requestId}" in needed:
            ids["requestId"] = (await member.post(f"/rooms/{room}/jarvis", {"prompt": "Wait"}))["requestId"]
        return ids

    async def in_no_room(self, needed: str) -> dict[str, str]:
        """What is the member's alone."""
        member = self.people["member"]
        ids: dict[str, str] = {}
        if "{eventId}" in needed:
            ids["eventId"] = (await member.post("/calendar/events", AN_EVENT({})))["id"]
        if "{botId}" in needed:
            for bot in await member.get("/bots"):
                await member.call("DELETE", f"/bots/{bot['id']}")
            ids["botId"] = (await member.post("/bots", {"name": "CI", "rights": ["read"]}))["id"]
        return ids

    async def session(self) -> Json:
        """Somebody signed in with a password, who is the member where sessions are what it is about."""
        account = {"email": f"{next(self.numbers)}@example.com", "password": "a long password"}
        await self.server.session.post(f"{self.server.url}/auth/register", json=account)
        async with self.server.session.post(f"{self.server.url}/auth/login", json=account) as response:
            answer: Json = await response.json()
        return answer

    async def picture(self) -> str:
        """A picture that the member has sent in a room, and that a worker has made small."""
        room, member = await self.room(), self.people["member"]
        made, form = io.BytesIO(), aiohttp.FormData()
        Image.new("RGB", (1200, 600), "red").save(made, "JPEG")
        form.add_field("file", made.getvalue(), filename="a.jpg", content_type="image/jpeg")
        headers, session = {"Authorization": f"Bearer {member.token}"}, self.server.session
        async with session.post(f"{self.server.url}/attachments", data=form, headers=headers) as response:
            kept: str = (await response.json())["id"]
        await member.post(f"/rooms/{room}/messages", {"content": "see", "attachmentIds": [kept]})
        small, status = f"{self.server.url}/attachments/{kept}/thumbnail", 404
        while status != 200:
            async with session.get(small, headers=headers) as response:
                status = response.status
        return kept

    async def signed_in(self, name: str) -> Person:
        """The person, with a token of their own that may be spent."""
        return self.people[name] if name in {"revoked", "bot"} else await self.server.person(name)

    async def outcome(self, call: str, row: Row, name: str) -> str:
        method, path = call.split(" ")
        ids = await self.ids(f"{path} {needed_by(row)}")
        address = re.sub(r"\{(\w+)\}", lambda part: ids[part[1]], path) + row.query
        person = await self.signed_in(name)
        token = ids.get("token", person.token) if name == "member" else person.token
        headers = {"Authorization": f"Bearer {token}"}
        body = row.body(ids) if method in {"POST", "PUT", "PATCH"} else None
        async with self.server.session.request(
            method, f"{self.server.url}{address}", json=body, headers=headers, allow_redirects=False
        ) as response:
            if response.status < 400:
                return "ok"
            code: str = (await response.json())["error"]
            return code

    async def outcome_of_message(self, type_: str, row: Row, name: str) -> str:
        ids = await self.ids(needed_by(row))
        person = await self.signed_in(name)
        socket = await open_socket(person.session, person.url, person.token)
        async with socket:
            await socket.say(type_, **row.body(ids))
            if name == "revoked":
                await socket.closed()
            else:
                await socket.join(self.homes[name])  # what was sent before is settled then
            refused: list[str] = socket.refusals
            return refused[0] if refused else "ok"


class Needs(dict[str, str]):
    """Remembers what was asked of it."""

    def __missing__(self, name: str) -> str:
        self[name] = ""
        return ""


def needed_by(row: Row) -> str:
    """The parts that a body is made of."""
    asked = Needs()
    row.body(asked)
    return " ".join(f"{{{name}}}" for name in asked)


@pytest.fixture
async def scene(open_server: OpenServer) -> AsyncIterator[Scene]:
    model = ScriptedModel()
    model.gate.clear()
    server = await open_server(model, JARVIS_RATE_LIMITS="off", JARVIS_REGISTRATION="open")
    yield await Scene.of(server)
    model.gate.set()


@pytest.mark.timeout(SLOW)
async def test_who_may_make_which_call(scene: Scene) -> None:
    wrong = {}
    for call, row in CALLS.items():
        found = Wall(*[await scene.outcome(call, row, name) for name in PEOPLE])
        if found != row.wall:
            wrong[call] = found
    assert wrong == {}


@pytest.mark.timeout(SLOW)
async def test_who_may_send_which_message(scene: Scene) -> None:
    wrong = {}
    for type_, row in MESSAGES.items():
        found = Wall(*[await scene.outcome_of_message(type_, row, name) for name in PEOPLE])
        if found != row.wall:
            wrong[type_] = found
    assert wrong == {}
