"""A terminal client: enough to talk in a room and to see what happens in it."""

import asyncio
import contextlib
import sys
from dataclasses import dataclass
from typing import Any

import aiohttp
import click
import orjson


class CannotTalk(Exception):
    """The server cannot be reached or refuses; the text says why."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Who talks, and where.

    The address of the server, an email to sign in with, the title of a room, and names or emails of people to invite.
    """

    url: str
    email: str
    room: str
    invited: tuple[str, ...] = ()

    async def run(self) -> None:
        """Show what happens in the room and send what is typed, until the input ends. Raises CannotTalk."""
        try:
            async with aiohttp.ClientSession(self.url, raise_for_status=_explain) as session:
                token = (await _call(session, "POST", "/auth/dev", {"email": self.email}))["token"]
                session.headers["Authorization"] = f"Bearer {token}"
                room = await self._find_room(session)
                async with session.ws_connect("/ws", protocols=("jarvis", f"bearer.{token}")) as socket:
                    names = await self._names(session, room)
                    await socket.send_json({"type": "room.join", "roomId": room["id"], "sinceSeq": 0})
                    showing = asyncio.create_task(_show(socket, names))
                    await _say(socket, room["id"], showing)
        except (aiohttp.ClientError, OSError) as error:
            raise CannotTalk(f"{self.url} cannot be reached: {error}") from error

    async def _find_room(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        people = await _call(session, "GET", "/users")
        ids = [
            person["id"] for person in people if self.invited and {person["name"], person["email"]} & {*self.invited}
        ]
        for room in await _call(session, "GET", "/rooms"):
            if room["title"] == self.room:
                if ids:
                    await _call(session, "POST", f"/rooms/{room['id']}/members", {"userIds": ids})
                return dict(room)
        return dict(await _call(session, "POST", "/rooms", {"title": self.room, "memberUserIds": ids}))

    async def _names(self, session: aiohttp.ClientSession, room: dict[str, Any]) -> dict[str, str]:
        return {member["id"]: member["name"] for member in await _call(session, "GET", f"/rooms/{room['id']}/members")}


async def _call(session: aiohttp.ClientSession, method: str, path: str, body: object = None) -> Any:
    async with session.request(method, path, json=body) as response:
        return await response.json()


async def _explain(response: aiohttp.ClientResponse) -> None:
    if response.status >= 400:
        body = await response.read()
        with contextlib.suppress(orjson.JSONDecodeError, KeyError, TypeError):
            body = orjson.loads(body)["message"].encode()
        raise CannotTalk(f"{response.status}: {body.decode(errors='replace')}")


async def _say(socket: "aiohttp.ClientWebSocketResponse", room_id: str, showing: "asyncio.Task[None]") -> None:
    loop = asyncio.get_running_loop()
    while not showing.done():
        typing = loop.run_in_executor(None, sys.stdin.readline)
        await asyncio.wait((typing, showing), return_when=asyncio.FIRST_COMPLETED)
        line = typing.result() if typing.done() else ""
        if not line:
            break
        if line.strip():
            await socket.send_json({"type": "message.send", "roomId": room_id, "content": line.rstrip("\n")})
    showing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await showing


async def _show(socket: "aiohttp.ClientWebSocketResponse", names: dict[str, str]) -> None:
    screen = _Screen(names)
    async for received in socket:
        event = orjson.loads(received.data)
        show = getattr(screen, event["type"].replace(".", "_"), None)
        if show is not None:
            show(event["payload"])


class _Screen:
    """What is shown of each kind of event; its methods bear their names."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._streaming: str | None = None

    def message_new(self, payload: dict[str, Any]) -> None:
        click.echo(f"{self._names.get(payload['senderUserId'] or '', '?')}: {payload['content']}")

    def message_updated(self, payload: dict[str, Any]) -> None:
        click.echo(f"{self._names.get(payload['senderUserId'] or '', '?')} (edited): {payload['content']}")

    def bot_stream(self, payload: dict[str, Any]) -> None:
        if self._streaming != payload["requestId"]:
            self._streaming = payload["requestId"]
            click.echo("Jarvis: ", nl=False)
        click.echo(payload["chunk"], nl=False)

    def bot_done(self, payload: dict[str, Any]) -> None:
        click.echo("" if self._streaming == payload["requestId"] else f"Jarvis: {payload['content']}")
        self._streaming = None

    def bot_failed(self, payload: dict[str, Any]) -> None:
        click.echo(f"Jarvis: {payload['message']}")
        self._streaming = None

    def room_member_added(self, payload: dict[str, Any]) -> None:
        self._names[payload["userId"]] = payload["userName"]
        click.echo(f"({payload['userName']} joined)")

    def room_member_removed(self, payload: dict[str, Any]) -> None:
        click.echo(f"({payload['userName']} left)")

    def room_updated(self, payload: dict[str, Any]) -> None:
        click.echo(f"(the room is now called {payload['title']})")

    def error(self, payload: dict[str, Any]) -> None:
        click.echo(f"(refused: {payload['message']})")
