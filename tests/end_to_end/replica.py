"""A client's own copy of a room, made of nothing but the events it is sent."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp

PATIENCE = 20
"""Seconds after which a client gives up waiting."""

DELETED = "(삭제된 메시지)"
KEPT_BY_DELETED = ("replyToId", "threadId", "replyCount", "lastReplySeq", "editedAt")
LOST_BY_DELETED = ("attachments", "reactions", "pinnedAt", "pinnedByUserId", "mentions", "mentionsRoom")
NOT_UNDERSTOOD = {"message": "BAD_MESSAGE"}
Json = dict[str, Any]


@dataclass
class Person:
    """Somebody who is signed in, what they want said, and what was acknowledged of it.

    ``outbox`` has the text of every send by its clientTempId, ``answers`` what it answers, ``acked`` the id and seq of
    those acknowledged.
    """

    session: aiohttp.ClientSession
    url: str
    token: str
    id: str
    name: str
    outbox: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    acked: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    async def sign_in(cls, session: aiohttp.ClientSession, url: str, email: str) -> "Person":
        async with session.post(f"{url}/auth/dev", json={"email": email, "name": email}) as answer:
            assert answer.status == 200, await answer.text()
            signed_in = await answer.json()
        return cls(session, url, signed_in["token"], signed_in["user"]["id"], email)

    async def call(self, method: str, path: str, body: object = None, url: str | None = None) -> tuple[int, Any]:
        """A REST call; answers status and body."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.request(method, f"{url or self.url}{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def get(self, path: str) -> Any:
        """A REST call that must go well."""
        status, body = await self.call("GET", path)
        assert status == 200, body
        return body

    async def open_room(self, *others: "Person", title: str = "Room") -> str:
        members = [other.id for other in others]
        status, room = await self.call("POST", "/rooms", {"title": title, "memberUserIds": members})
        assert status == 200, room
        return str(room["id"])

    async def history(self, room_id: str) -> list[Json]:
        """Every message of the room, oldest first."""
        messages: list[Json] = []
        while True:
            before = f"&beforeId={quote(messages[0]['id'])}" if messages else ""
            page = await self.get(f"/rooms/{room_id}/messages?take=200{before}")
            messages = [*page, *messages]
            if len(page) < 200:
                return messages

    @property
    def unacked(self) -> dict[str, str]:
        return {temp_id: text for temp_id, text in self.outbox.items() if temp_id not in self.acked}


@dataclass(frozen=True)
class StoredRoom:
    """What a room is according to REST; ``messages`` by seq, and ``marks`` by seq what else is known of those that have
    more than a text. ``pins`` as they are listed; ``threads`` by the message that each begins with."""

    title: str
    members: Mapping[str, str]
    messages: Mapping[int, tuple[str, str, str | None, str | None]]
    marks: Mapping[int, Json] = field(default_factory=dict)
    pins: Sequence[str] = ()
    threads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    matters: Mapping[str, Json] = field(default_factory=dict)
    cards: Sequence[Json] = ()

    @classmethod
    async def fetch(cls, person: Person, room_id: str) -> "StoredRoom":
        [room] = [room for room in await person.get("/rooms") if room["id"] == room_id]
        members = await person.get(f"/rooms/{room_id}/members")
        history = await person.history(room_id)
        messages = {message["seq"]: _content(message) for message in history}
        assert len(messages) == len(history), "a seq is there twice"
        assert list(messages) == sorted(messages), "history is not in order"
        return cls(
            room["title"],
            {member["id"]: member["role"] for member in members},
            messages,
            _all_marks(history),
            [message["id"] for message in await person.get(f"/rooms/{room_id}/pins")],
            {
                message["id"]: [
                    reply["id"] for reply in await person.get(f"/rooms/{room_id}/messages/{message['id']}/thread")
                ]
                for message in history
                if "replyCount" in message
            },
            {
                matter["id"]: matter
                for kind in ("tasks", "decisions")
                for matter in await person.get(f"/rooms/{room_id}/{kind}?take=200")
            },
            await person.get(f"/rooms/{room_id}/cards?take=200"),
        )


def _content(message: Json) -> tuple[str, str, str | None, str | None]:
    return message["id"], message["content"], message.get("senderUserId"), message.get("clientTempId")


def _all_marks(messages: Iterable[Json]) -> Mapping[int, Json]:
    fields = (*KEPT_BY_DELETED, *LOST_BY_DELETED)
    marks = {message["seq"]: {name: message[name] for name in fields if name in message} for message in messages}
    return {seq: found for seq, found in marks.items() if found}


def subject(event: Json) -> tuple[str, str | None]:
    """What an event is about, whenever it is told. Decisions and tasks that are gone by then are told as removed."""
    payload = event["payload"]
    kind = event["type"].partition(".")[0]
    if kind in {"task", "decision"}:
        return kind, payload.get("id") or payload[f"{kind}Id"]
    return event["type"], payload.get("messageId") or payload.get("cardId") or payload.get("id") or payload.get(
        "userId"
    )


class Replica:
    """One device of a person. It follows one room, over as many sockets as it takes.

    Every event has to come once and in order: a gap or a repetition that was not asked for fails the reader, and so
    whoever waits for something.
    """

    def __init__(
        self, person: Person, room_id: str, *, title: str = "Room", members: Mapping[str, str] | None = None
    ) -> None:
        self.person = person
        self.room_id = room_id
        self.log: dict[int, Json] = {}
        self.passing: list[Json] = []
        self.errors: list[Json] = []
        self.joined = False
        self.close_code: int | None = None
        self._title = title
        self.members = members or {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._joins: list[int] = []
        self._changed = asyncio.Event()

    @property
    def seq(self) -> int:
        """The seq up to which the copy is whole."""
        return len(self.log)

    @property
    def connected(self) -> bool:
        return self._socket is not None and self._reading is not None and not self._reading.done()

    def told(self, type_: str) -> list[Json]:
        """Payloads of what passed by."""
        return [event["payload"] for event in self.passing if event["type"] == type_]

    def logged(self, type_: str) -> list[Json]:
        """Payloads of what is in the log."""
        return [event["payload"] for event in self.log.values() if event["type"] == type_]

    def refused(self, code: str) -> set[str]:
        """The clientTempIds that were refused with this code."""
        return {error["clientTempId"] for error in self.errors if error["message"] == code and "clientTempId" in error}

    async def connect(self, url: str | None = None) -> None:
        """Open a socket and ask for what was missed."""
        await self.gone()
        self._socket = await self.person.session.ws_connect(
            f"{url or self.person.url}/ws", params={"token": self.person.token}, max_msg_size=0
        )
        self.joined, self._joins, self.close_code = False, [], None
        self._reading = asyncio.ensure_future(self._read(self._socket))
        await self.join()

    async def gone(self) -> None:
        """Wait until the reader of the last socket has ended; raises what it found wrong."""
        if self._reading is not None:
            if self._socket is not None and not self._reading.done():
                self.cut()
            await self._reading

    def cut(self) -> None:
        """Tear the connection down without a word."""
        assert self._socket is not None
        connection = self._socket._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()

    async def close(self) -> None:
        """End in order."""
        if self._socket is not None:
            with suppress(ConnectionError):
                await self._socket.close()
        if self._reading is not None:
            await self._reading

    async def say(self, type_: str, **fields: object) -> bool:
        """Send a message about the room; whether the socket took it."""
        assert self._socket is not None
        try:
            await self._socket.send_json({"type": type_, "roomId": self.room_id, **fields})
        except ConnectionError:
            return False
        return True

    async def join(self) -> None:
        self._joins.append(self.seq)
        await self.say("room.join", sinceSeq=self.seq)

    async def send(self, text: str, temp_id: str | None = None) -> None:
        """Send a text; one that was first sent as an answer is sent again as one."""
        fields: Json = {} if temp_id is None else {"clientTempId": temp_id}
        if temp_id is not None:
            self.person.outbox.setdefault(temp_id, text)
            if (answered := self.person.answers.get(temp_id)) is not None:
                fields["replyToId"] = answered
        await self.say("message.send", content=text, **fields)

    async def answer(self, message_id: str, text: str, temp_id: str) -> None:
        """Send a text that answers a message."""
        self.person.answers[temp_id] = message_id
        await self.send(text, temp_id)

    async def resend_unacked(self) -> None:
        for temp_id, text in self.person.unacked.items():
            await self.send(text, temp_id)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; raises what the reader found wrong."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                waiting = asyncio.ensure_future(self._changed.wait())
                assert self._reading is not None
                await asyncio.wait({waiting, self._reading}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                if self._reading.done() and not condition():
                    await self._reading
                    raise ConnectionError(f"the socket was closed with {self.close_code}")

    async def heard_out(self) -> None:
        """Wait until the server has dealt with every frame that was sent on this socket before, but for the acks."""
        refused = self.errors.count(NOT_UNDERSTOOD)
        await self.say("nonsense")
        await self.until(lambda: self.errors.count(NOT_UNDERSTOOD) > refused)

    async def caught_up(self, seq: int) -> None:
        """Wait until the copy reaches this seq."""
        await self.until(lambda: self.joined and self.seq >= seq)

    async def all_acked(self) -> None:
        await self.until(lambda: not self.person.unacked)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    break
                self._take(json.loads(frame.data))
                self._changed.set()
        except ConnectionError:
            pass
        finally:
            self.close_code = socket.close_code
            self.joined = False
            self._changed.set()

    def _take(self, event: Json) -> None:
        payload = event["payload"]
        if event.get("seq") is not None and event["roomId"] == self.room_id:
            self._take_logged(event)
        elif event["type"] == "message.ack" and payload["roomId"] == self.room_id:
            place = payload["messageId"], payload["seq"]
            assert self.person.acked.setdefault(payload["clientTempId"], place) == place, "acked as two messages"
        elif event["type"] == "room.joined" and payload["roomId"] == self.room_id:
            del self._joins[0]
            assert self.seq >= payload["seq"], "joined without all that was missed"
            self.joined = True
        elif event["type"] == "room.left" and payload["roomId"] == self.room_id:
            self.joined = False
        elif event["type"] == "error":
            self.errors.append(payload)
            if payload["message"] == "FORBIDDEN":
                self.joined = False
        else:
            assert event["type"] != "room.resync", "the log reaches back to the beginning"
            self.passing.append(event)

    def _take_logged(self, event: Json) -> None:
        seq = event["seq"]
        if event["type"] in {"message.new", "bot.done"}:
            assert event["payload"]["seq"] == seq
        if seq == self.seq + 1:
            self.log[seq] = event
        elif seq <= self.seq:
            assert subject(event) == subject(self.log[seq]), f"seq {seq} is another event now"
            assert event["type"] == "room.updated" or any(since < seq for since in self._joins), f"seq {seq} came twice"
        else:
            assert not self.joined, f"seq {seq} came after {self.seq}"

    def unread(self, mark: int) -> int:
        """How much of the room its person has not read, where they have read up to ``mark``."""
        return sum(
            seq > mark and content != DELETED and sender != self.person.id
            for seq, (_, content, sender, _) in self.room().messages.items()
        )

    def room(self) -> StoredRoom:
        """The room as the events tell it."""
        title, members = self._title, dict(self.members)
        messages: dict[str, Json] = {}
        matters: dict[str, Json] = {}
        cards: dict[str, Json] = {}
        for seq in range(1, self.seq + 1):
            payload = self.log[seq]["payload"]
            match self.log[seq]["type"]:
                case "room.updated":
                    title = payload["title"]
                case "room.member.added":
                    members[payload["userId"]] = "member"
                case "room.member.updated":
                    members[payload["userId"]] = payload["role"]
                case "room.member.removed":
                    members.pop(payload["userId"], None)
                case type_ if type_.startswith(("task.", "decision.")):
                    _take_matter(matters, type_, payload)
                case type_ if type_.startswith("card."):
                    _take_card(cards, type_, payload)
                case type_:
                    _take_message(messages, type_, payload)
        pinned = [message for message in messages.values() if "pinnedAt" in message]
        pinned.sort(key=lambda message: (message["pinnedAt"], message["seq"]), reverse=True)
        threads: dict[str, list[str]] = {}
        for message in messages.values():
            if "threadId" in message:
                threads.setdefault(message["threadId"], [message["threadId"]]).append(message["id"])
        return StoredRoom(
            title,
            members,
            {message["seq"]: _content(message) for message in messages.values()},
            _all_marks(messages.values()),
            [message["id"] for message in pinned],
            threads,
            matters,
            sorted(cards.values(), key=lambda card: (card["createdAt"], card["id"]), reverse=True),
        )


def _take_matter(matters: dict[str, Json], type_: str, payload: Json) -> None:
    if type_.endswith(".removed"):
        matters.pop(payload[f"{type_.partition('.')[0]}Id"], None)
    else:
        matters[payload["id"]] = payload


def _take_card(cards: dict[str, Json], type_: str, payload: Json) -> None:
    if type_ == "card.removed":
        del cards[payload["cardId"]]
    else:
        cards[payload["id"]] = payload


def _take_message(messages: dict[str, Json], type_: str, payload: Json) -> None:
    match type_:
        case "message.new" | "bot.done":
            assert payload["id"] not in messages, "a message came twice"
            messages[payload["id"]] = payload
            _count_reply(messages, payload)
        case "message.updated":
            messages[payload["id"]] = payload
        case "message.deleted":
            deleted = messages[payload["messageId"]]
            kept = {name: value for name, value in deleted.items() if name not in LOST_BY_DELETED}
            messages[payload["messageId"]] = {**kept, "content": DELETED}
        case "reaction.updated" | "pin.updated":
            marks = {name: value for name, value in payload.items() if name in LOST_BY_DELETED}
            marked = {**messages[payload["messageId"]], **marks}
            messages[payload["messageId"]] = {name: value for name, value in marked.items() if value}
        case other:
            raise AssertionError(f"{other} has no place in a log")


def _count_reply(messages: dict[str, Json], reply: Json) -> None:
    root = messages[reply["threadId"]] if "threadId" in reply else None
    if root is not None and reply["seq"] > root.get("lastReplySeq", 0):
        counted = {"replyCount": root.get("replyCount", 0) + 1, "lastReplySeq": reply["seq"]}
        messages[root["id"]] = {**root, **counted}


def assert_same_order(replicas: list[Replica]) -> None:
    """Nobody saw another event at the same place."""
    places: dict[int, tuple[str, str | None]] = {}
    for replica in replicas:
        assert list(replica.log) == list(range(1, replica.seq + 1))
        for seq, event in replica.log.items():
            assert places.setdefault(seq, subject(event)) == subject(event)


def assert_acked_once(people: list[Person], stored: StoredRoom) -> None:
    """What was acknowledged is there, once, where the acknowledgement said."""
    found: dict[tuple[str | None, str], list[tuple[str, int]]] = {}
    for seq, (message_id, _, sender, temp_id) in stored.messages.items():
        if temp_id is not None:
            found.setdefault((sender, temp_id), []).append((message_id, seq))
    for places in found.values():
        assert len(places) == 1, "sent once, there twice"
    for person in people:
        for temp_id, place in person.acked.items():
            assert found[person.id, temp_id] == [place]


async def assert_mentions_listed(people: Sequence[Person], stored: StoredRoom, room_id: str) -> None:
    """Members find the messages of others that name them, the newest first; who is in the room no more finds none.

    Those to everybody count from the time on since when one is there, which the room does not tell: they may be there.
    """
    for person in people:
        listed = [message for message in await person.get("/mentions?take=200") if message["roomId"] == room_id]
        assert [message["id"] for message in listed] == sorted({message["id"] for message in listed}, reverse=True)
        by_others = {
            message_id: stored.marks.get(seq, {})
            for seq, (message_id, _, sender, _) in stored.messages.items()
            if sender != person.id and person.id in stored.members
        }
        named = {message_id for message_id, marks in by_others.items() if person.id in marks.get("mentions", ())}
        everybody = {message_id for message_id, marks in by_others.items() if "mentionsRoom" in marks}
        assert named <= {message["id"] for message in listed} <= named | everybody
