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
                    screen = _Screen(names)
                    showing = asyncio.create_task(_show(socket, screen))
                    await _say(socket, room["id"], screen, showing)
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


async def _say(
    socket: "aiohttp.ClientWebSocketResponse", room_id: str, screen: "_Screen", showing: "asyncio.Task[None]"
) -> None:
    loop = asyncio.get_running_loop()
    while not showing.done():
        typing = loop.run_in_executor(None, sys.stdin.readline)
        await asyncio.wait((typing, showing), return_when=asyncio.FIRST_COMPLETED)
        line = typing.result() if typing.done() else ""
        if not line:
            break
        if line.strip():
            await socket.send_json({"roomId": room_id, **screen.meant(line.rstrip("\n"))})
    showing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await showing


async def _show(socket: "aiohttp.ClientWebSocketResponse", screen: "_Screen") -> None:
    async for received in socket:
        event = orjson.loads(received.data)
        show = getattr(screen, event["type"].replace(".", "_"), None)
        if show is not None:
            show(event["payload"])


class _Screen:
    """What is shown of each kind of event; its methods bear their names. It knows what was asked last."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._streaming: str | None = None
        self._asked = ""
        self._call = ""

    def meant(self, line: str) -> dict[str, Any]:
        """The message to the server that a line stands for: one that begins with ``/`` may be a command."""
        command, _, text = line.partition(" ")
        match command:
            case "/do" if text:
                return {"type": "jarvis.request", "prompt": text, "mode": "action"}
            case "/me" if text:
                return {"type": "jarvis.request", "prompt": text, "mode": "action", "isPersonal": True}
            case "/yes" | "/no":
                approve = command == "/yes"
                return {"type": "jarvis.confirm", "requestId": self._asked, "callId": self._call, "approve": approve}
            case "/stop":
                return {"type": "jarvis.cancel", "requestId": self._asked}
        return {"type": "message.send", "content": line}

    def jarvis_accepted(self, payload: dict[str, Any]) -> None:
        self._asked = payload["requestId"]

    def bot_tool(self, payload: dict[str, Any]) -> None:
        click.echo(f"(Jarvis, {payload['name']}: {payload['status']})")

    def bot_confirm(self, payload: dict[str, Any]) -> None:
        self._asked, self._call = payload["requestId"], payload["callId"]
        click.echo(f"Jarvis: {payload['summary']} (/yes or /no)")

    def bot_personal_stream(self, payload: dict[str, Any]) -> None:
        self._speak("Jarvis, to you alone", payload)

    def bot_personal_done(self, payload: dict[str, Any]) -> None:
        self._end("Jarvis, to you alone", payload)

    def message_new(self, payload: dict[str, Any]) -> None:
        click.echo(f"{self._names.get(payload['senderUserId'] or '', '?')}: {payload['content']}")

    def message_updated(self, payload: dict[str, Any]) -> None:
        click.echo(f"{self._names.get(payload['senderUserId'] or '', '?')} (edited): {payload['content']}")

    def bot_stream(self, payload: dict[str, Any]) -> None:
        self._asked = payload["requestId"]
        self._speak("Jarvis", payload)

    def bot_done(self, payload: dict[str, Any]) -> None:
        self._end("Jarvis", payload)

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

    def _speak(self, who: str, payload: dict[str, Any]) -> None:
        if self._streaming != payload["requestId"]:
            self._streaming = payload["requestId"]
            click.echo(f"{who}: ", nl=False)
        click.echo(payload["chunk"], nl=False)

    def _end(self, who: str, payload: dict[str, Any]) -> None:
        click.echo("" if self._streaming == payload["requestId"] else f"{who}: {payload['content']}")
        self._streaming = None
