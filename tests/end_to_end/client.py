"""A client of the wire protocol that remembers all it was told, and finds fault with what no server may say.

::

    ana = await Person.sign_in(session, url, "Ana")
    room = await ana.open_room(ben, title="Kitchen")
    async with await ana.connect() as socket:
        await socket.join(room)
        message = await socket.send(room, "안녕", "temp-1")          # waits for the ack, answers message.new
        await socket.say("message.edit", roomId=room, messageId=message["id"], content="잘 가")
        updated = await socket.expect("message.updated", id=message["id"])
        assert updated["content"] == "잘 가" and updated.seq == 2
        assert socket.refusals == []
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp

from tests.described import check_answer
from tests.end_to_end.shapes import check_event

PATIENCE = 10
"""Seconds after which a client that waits for something gives up."""

UNKNOWN_ID = "019c0000-0000-7000-8000-000000000000"
"""The id of nothing and nobody."""

Json = dict[str, Any]
WayIn = Literal["query", "subprotocol", "header", "hello"]


@dataclass(frozen=True)
class Answer:
    """What came back of a REST call; ``error`` is the code of a refusal."""

    status: int
    body: Any

    @property
    def error(self) -> str | None:
        return self.body.get("error") if isinstance(self.body, dict) else None


@dataclass(frozen=True)
class Event:
    """Something the server said. ``event["id"]`` is the payload's ``id``; ``seq`` and ``room_id`` stand in the envelope
    of logged events alone."""

    type: str
    payload: Json
    room_id: str | None = None
    seq: int | None = None

    def __getitem__(self, field: str) -> Any:
        return self.payload[field]

    def matches(self, type_: str, wanted: Json) -> bool:
        """Whether it is of this type, and its payload has these fields with these values."""
        return self.type == type_ and all(
            field in self.payload and self.payload[field] == value for field, value in wanted.items()
        )


@dataclass
class Person:
    """Somebody who is signed in."""

    session: aiohttp.ClientSession
    url: str
    token: str
    id: str
    email: str
    name: str

    @classmethod
    async def sign_in(cls, session: aiohttp.ClientSession, url: str, name: str, email: str | None = None) -> "Person":
        """The person of this name (and email, made of the name), with a new token."""
        body = {"email": email or f"{name.lower()}@local", "name": name}
        async with session.post(f"{url}/auth/dev", json=body) as response:
            answer = await response.json()
        assert response.status == 200, answer
        user = answer["user"]
        return cls(session, url, answer["token"], user["id"], user["email"], user["name"])

    async def call(self, method: str, path: str, body: object = None) -> Answer:
        """A REST call with the person's token. The answer must be one that the OpenAPI document describes."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, f"{self.url}{path}", json=body, headers=headers) as response:
            answer = Answer(response.status, await response.json())
        check_answer(method, path, answer.status, answer.body)
        return answer

    async def get(self, path: str) -> Any:
        """The body of a GET that must go well."""
        return self._good(await self.call("GET", path))

    async def post(self, path: str, body: object = None) -> Any:
        """The body of a POST that must go well."""
        return self._good(await self.call("POST", path, body))

    @staticmethod
    def _good(answer: Answer) -> Any:
        assert answer.status == 200, answer
        return answer.body

    async def open_room(self, *others: "Person", title: str = "Room") -> str:
        """The id of a new room of the person's with the others in it."""
        room = await self.post("/rooms", {"title": title, "memberUserIds": [other.id for other in others]})
        return str(room["id"])

    async def invite(self, room_id: str, *others: "Person") -> None:
        """Add the others to a room."""
        await self.post(f"/rooms/{room_id}/members", {"userIds": [other.id for other in others]})

    async def history(self, room_id: str) -> list[Json]:
        """The newest 200 messages, oldest first."""
        page: list[Json] = await self.get(f"/rooms/{room_id}/messages?take=200")
        return page

    async def connect(self, *rooms: str, way: WayIn = "query", origin: str | None = None) -> "Socket":
        """An open socket, signed in by that way, which has joined the rooms."""
        socket = await open_socket(self.session, self.url, self.token, way=way, origin=origin)
        for room_id in rooms:
            await socket.join(room_id)
        return socket


async def open_socket(
    session: aiohttp.ClientSession,
    url: str,
    token: str | None,
    *,
    way: WayIn = "query",
    origin: str | None = None,
) -> "Socket":
    """A socket that signs in by this way, or not at all where there is no token."""
    headers = {"Authorization": f"Bearer {token}"} if way == "header" and token is not None else {}
    by_subprotocol = way == "subprotocol" and token is not None
    ws = await session.ws_connect(
        f"{url}/ws",
        params={"token": token} if way == "query" and token is not None else None,
        protocols=["jarvis", f"bearer.{token}"] if by_subprotocol else [],
        headers=headers,
        origin=origin,
        max_msg_size=0,
    )
    socket = Socket(ws)
    if way == "hello" and token is not None:
        await socket.say("client.hello", token=token)
    return socket


class Socket:
    """An open socket. What comes is read in the background, checked for its shape, and kept.

    ``seen`` has every event in the order in which it came, but for those that tell who comes and goes, which are in
    ``presence``; ``log`` has those with a seq by room; ``close_code`` is there once the socket is closed. ``expect``
    takes events out of what has not been expected before, in any order.
    """

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.seen: list[Event] = []
        self.presence: list[Event] = []
        self.log: dict[str, list[tuple[int, Event]]] = {}
        self.close_code: int | None = None
        self._unexpected: list[Event] = []
        self._marks = count(1)
        self._changed = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def say(self, type_: str, **fields: object) -> None:
        """Send a message."""
        await self.ws.send_json({"type": type_, **fields})

    async def say_raw(self, data: str | bytes) -> None:
        """Send a text frame (or a binary one) with this in it."""
        if isinstance(data, str):
            await self.ws.send_str(data)
        else:
            await self.ws.send_bytes(data)

    async def expect(self, type_: str, **wanted: object) -> Event:
        """The first event of this type with these payload fields that was not expected before; waits for it.

        Raises:
            ConnectionError: the socket is closed and it did not come.
            TimeoutError: it did not come in time.
        """
        while True:
            for event in self._unexpected:
                if event.matches(type_, wanted):
                    self._unexpected.remove(event)
                    return event
            await self._more(f"{type_} {wanted}")

    async def join(self, room_id: str, since: int | None = None) -> Event:
        """Join a room, past ``since`` where that is given; answers ``room.joined``. Nothing that was said before in a
        room this socket hears comes after that."""
        fields = {} if since is None else {"sinceSeq": since}
        await self.say("room.join", roomId=room_id, **fields)
        return await self.expect("room.joined", roomId=room_id)

    async def send(self, room_id: str, content: str, temp_id: str | None = None) -> Event:
        """Say something, and wait for ``message.ack`` where there is a ``temp_id``; answers ``message.new``."""
        fields = {} if temp_id is None else {"clientTempId": temp_id}
        await self.say("message.send", roomId=room_id, content=content, **fields)
        if temp_id is None:
            return await self.expect("message.new", roomId=room_id, content=content)
        ack = await self.expect("message.ack", roomId=room_id, clientTempId=temp_id)
        return await self.expect("message.new", id=ack["messageId"])

    async def refused(self, **wanted: object) -> str:
        """The code of the next refusal with these payload fields."""
        code: str = (await self.expect("error", **wanted))["message"]
        return code

    async def settled(self) -> None:
        """Wait until every message sent before is carried out and answered, but for sends, which are acknowledged.

        The server is told nonsense that bears a mark, and the refusal waited for; it is not among what was seen.
        """
        mark = f"mark-{next(self._marks)}"
        await self.say("nonsense", clientTempId=mark)
        refusal = await self.expect("error", message="BAD_MESSAGE", clientTempId=mark)
        self.seen.remove(refusal)

    async def closed(self) -> int:
        """Wait until the server has closed the socket; answers the code."""
        async with asyncio.timeout(PATIENCE):
            await self._reading
        assert self.close_code is not None
        return self.close_code

    async def close(self) -> None:
        """Leave in order; raises what was wrong with anything the server said."""
        await self.ws.close()
        await self._reading

    def abort(self) -> None:
        """Tear the connection down without a word."""
        connection = self.ws._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    def told(self, type_: str, **wanted: object) -> list[Event]:
        """All events of this type with these payload fields so far."""
        return [event for event in (*self.seen, *self.presence) if event.matches(type_, wanted)]

    @property
    def types(self) -> list[str]:
        """The types of all that was told, in order."""
        return [event.type for event in self.seen]

    @property
    def refusals(self) -> list[str]:
        """The codes of all refusals, in order."""
        return [event["message"] for event in self.seen if event.type == "error"]

    def seqs(self, room_id: str) -> list[int]:
        """The seqs that came of a room, in the order in which they came."""
        return [seq for seq, _ in self.log.get(room_id, [])]

    async def _more(self, wanted: str) -> None:
        if self._reading.done():
            await self._reading
            raise ConnectionError(f"closed with {self.close_code} before {wanted}; there came {self.types}")
        self._changed.clear()
        waiting = asyncio.ensure_future(self._changed.wait())
        both: Sequence[asyncio.Future[Any]] = (waiting, self._reading)
        done, _ = await asyncio.wait(both, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not done:
            raise TimeoutError(f"no {wanted}; there came {self.types}, unexpected {self._unexpected}")

    async def _read(self) -> None:
        try:
            async for frame in self.ws:
                assert frame.type is aiohttp.WSMsgType.TEXT, frame
                self._take(json.loads(frame.data))
        except ConnectionError:
            pass
        finally:
            self.close_code = self.ws.close_code
            self._changed.set()

    def _take(self, envelope: Json) -> None:
        check_event(envelope)
        event = Event(envelope["type"], envelope["payload"], envelope.get("roomId"), envelope.get("seq"))
        (self.presence if event.type == "presence.updated" else self.seen).append(event)
        self._unexpected.append(event)
        if event.seq is not None and event.room_id is not None:
            self.log.setdefault(event.room_id, []).append((event.seq, event))
        self._changed.set()
