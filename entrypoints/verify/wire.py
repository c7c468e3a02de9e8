"""The public protocol, as far as a check needs it: signing in, rooms, history, sockets."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from entrypoints.verify.records import Event, digest

_PAGE = 200
_PING_SECONDS = 10.0
_NOT_NOW = frozenset({408, 429, 500, 502, 503, 504})

AWAY = (aiohttp.ClientError, OSError, TimeoutError)
"""What is raised where a server is away or goes away."""


class CannotVerify(Exception):
    """The deployment cannot be reached, or refuses what a check needs; the text says why."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody the deployment knows."""

    id: str
    token: str


class Deployment:
    """The servers of one deployment. A call goes to one after the other until it is answered."""

    def __init__(self, session: aiohttp.ClientSession, urls: Sequence[str], patience: float) -> None:
        self.session = session
        self.urls = tuple(url.rstrip("/") for url in urls)
        self._patience = patience

    async def sign_in(self, name: str) -> SignedIn:
        """Anybody, by the development sign-in. Raises CannotVerify."""
        answer = await self.call("POST", "/auth/dev", body={"email": f"{name}@verify.local", "name": name})
        return SignedIn(answer["user"]["id"], answer["token"])

    async def known(self, token: str) -> SignedIn:
        """Whose token this is. Raises CannotVerify."""
        answer = await self.call("GET", "/auth/me", token)
        return SignedIn(str(answer["id"]), token)

    async def open_room(self, token: str, title: str, members: Sequence[str]) -> str:
        """The id of a new room with these people in it. Raises CannotVerify."""
        room = await self.call("POST", "/rooms", token, {"title": title, "memberUserIds": list(members)})
        return str(room["id"])

    async def history(self, token: str, room: str, url: str) -> list[Event]:
        """All messages of a room, oldest first, from one server. Raises CannotVerify."""
        messages: list[Mapping[str, Any]] = []
        while True:
            before = f"&beforeId={quote(messages[0]['id'])}" if messages else ""
            path = f"/rooms/{room}/messages?take={_PAGE}{before}"
            page = await self.call("GET", path, token, urls=(url,))
            messages = [*page, *messages]
            if len(page) < _PAGE:
                return [_message("message.new", message["seq"], message) for message in messages]

    async def connect(self, url: str, token: str) -> aiohttp.ClientWebSocketResponse:
        """A socket at this server. Raises one of AWAY."""
        async with asyncio.timeout(self._patience):
            return await self.session.ws_connect(
                f"{url}/ws", protocols=("jarvis", f"bearer.{token}"), max_msg_size=0, heartbeat=_PING_SECONDS
            )

    async def call(
        self, method: str, path: str, token: str | None = None, body: object = None, urls: Sequence[str] = ()
    ) -> Any:
        """The answer's body, where it is a good one. Raises CannotVerify, which says what else it was."""
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        last = "no server was asked"
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while True:
                    for url in urls or self.urls:
                        try:
                            async with self.session.request(method, url + path, json=body, headers=headers) as answer:
                                if answer.status == 200:
                                    return await answer.json()
                                last = f"{method} {url}{path.partition('?')[0]} is answered with {answer.status}"
                                if answer.status not in _NOT_NOW:
                                    raise CannotVerify(last)
                                wait = float(answer.headers.get("Retry-After", "0.2"))
                        except (aiohttp.ClientError, OSError) as error:
                            last, wait = f"{url} cannot be reached: {error}", 0.2
                        await asyncio.sleep(wait)
        raise CannotVerify(f"{last}, for {self._patience:g} s")


def logged(envelope: Mapping[str, Any]) -> Event | None:
    """The logged event that a frame holds, if it holds one."""
    seq = envelope.get("seq")
    return None if seq is None else _message(envelope["type"], seq, envelope["payload"])


def frame(type_: str, **fields: object) -> str:
    """A message to the server."""
    return orjson.dumps({"type": type_, **fields}).decode()


def _message(type_: str, seq: int, payload: Mapping[str, Any]) -> Event:
    subject = payload.get("id") or payload.get("messageId") or payload.get("userId") or payload["roomId"]
    content = payload.get("content")
    return Event(
        seq,
        type_,
        subject,
        payload.get("senderUserId"),
        payload.get("clientTempId"),
        None if content is None else digest(content),
    )
