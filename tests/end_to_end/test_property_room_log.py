"""Whatever people do and however their connections break: everybody's copy of a room is the room that is stored."""

import asyncio
from collections.abc import Awaitable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import ClassVar

import aiohttp
import pytest
import uvloop
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.builders import eventually
from tests.end_to_end.houses import House, in_memory, over_postgres
from tests.end_to_end.replica import (
    DELETED,
    PATIENCE,
    Person,
    Replica,
    StoredRoom,
    assert_acked_once,
    assert_mentions_listed,
    assert_same_order,
)

DEVICES = ("Ana", "Ana", "Ben", "Ben", "Cho", "Dan")
"""Whose devices there are. Ana opens the room and stays; Ben and Cho are in it from the start; Dan is not."""

EXPECTED = {
    "FORBIDDEN", "NOT_FOUND", "OWNER_ONLY", "ADMIN_ONLY", "OWNER_CANNOT_LEAVE", "ALREADY_DELETED", "BAD_MESSAGE",
    "CLIENT_TEMP_ID_REUSED",
}  # fmt: skip

device = st.integers(0, len(DEVICES) - 1)
person = st.sampled_from(("Ben", "Cho", "Dan"))
pick = st.integers(0, 1_000)
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


class RoomMachine(RuleBasedStateMachine):
    """People at their devices. A rule writes frames and waits for nothing, so that what they do overlaps."""

    runner: ClassVar[asyncio.Runner]
    session: ClassVar[aiohttp.ClientSession]
    house: ClassVar[House]
    rooms: ClassVar["count[int]"]

    @initialize()
    def open_room(self) -> None:
        self.number = count(1)
        self.said: set[str] = set()
        self.tasks: list[asyncio.Task[None]] = []
        self.runner.run(self._open_room())

    async def _open_room(self) -> None:
        room = next(self.rooms)
        self.people = {
            name: await Person.sign_in(self.session, self.house.urls[0], f"{name}{room}@local")
            for name in dict.fromkeys(DEVICES)
        }
        ana, ben, cho = (self.people[name] for name in ("Ana", "Ben", "Cho"))
        self.room_id = await ana.open_room(ben, cho)
        members = {ana.id: "owner", ben.id: "member", cho.id: "member"}
        self.devices = [Replica(self.people[name], self.room_id, members=members) for name in DEVICES]
        for place, replica in enumerate(self.devices):
            await replica.connect(self._url(place))

    def _url(self, number: int) -> str:
        return self.house.urls[number % len(self.house.urls)]

    def text(self, words: str) -> str:
        text = f"{next(self.number)} {words}"
        self.said.add(text)
        return text

    async def ready(self, number: int) -> Replica:
        """The device, with a socket that has at least asked to hear the room."""
        replica = self.devices[number]
        if not replica.connected:
            await replica.connect(self._url(number))
        elif not replica.joined and not replica._joins:
            await replica.join()
        return replica

    @rule(device=device, words=words, named=st.booleans())
    def say(self, device: int, words: str, named: bool) -> None:
        async def act() -> None:
            text = self.text(words)
            await (await self.ready(device)).send(text, f"id {text[:10]}" if named else None)

        self.runner.run(act())

    @rule(device=device, words=words, times=st.integers(2, 12))
    def say_much(self, device: int, words: str, times: int) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            for _ in range(times):
                text = self.text(words)
                await replica.send(text, f"id {text[:10]}")

        self.runner.run(act())

    @rule(device=device, pick=pick)
    def say_again(self, device: int, pick: int) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if outbox := list(replica.person.outbox.items()):
                temp_id, text = outbox[pick % len(outbox)]
                await replica.send(text, temp_id)

        self.runner.run(act())

    @rule(device=device, pick=pick)
    def say_something_else_under_the_same_id(self, device: int, pick: int) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if acked := list(replica.person.acked):
                await replica.say("message.send", content="never", clientTempId=acked[pick % len(acked)])

        self.runner.run(act())

    @rule(device=device, pick=pick, words=words)
    def edit(self, device: int, pick: int, words: str) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if message_id := self._own_message(replica, pick):
                await replica.say("message.edit", messageId=message_id, content=self.text(words))

        self.runner.run(act())

    @rule(device=device, pick=pick)
    def delete(self, device: int, pick: int) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if message_id := self._own_message(replica, pick):
                await replica.say("message.delete", messageId=message_id)

        self.runner.run(act())

    @rule(device=device, pick=pick, words=words)
    def reply(self, device: int, pick: int, words: str) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if message_id := self._any_message(replica, pick):
                text = self.text(words)
                await replica.answer(message_id, text, f"id {text[:10]}")

        self.runner.run(act())

    @rule(device=device, guest=st.sampled_from(DEVICES), everybody=st.booleans(), words=words)
    def mention(self, device: int, guest: str, everybody: bool, words: str) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            text = self.text(f"{'@room' if everybody else f'@{self.people[guest].name}은'} {words}")
            await replica.send(text, f"id {text[:10]}")

        self.runner.run(act())

    @rule(device=device, pick=pick, emoji=st.sampled_from("👍🎉❤"), added=st.booleans())
    def react(self, device: int, pick: int, emoji: str, added: bool) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if message_id := self._any_message(replica, pick):
                await replica.say("reaction.add" if added else "reaction.remove", messageId=message_id, emoji=emoji)

        self.runner.run(act())

    @rule(device=device, pick=pick, added=st.booleans())
    def pin(self, device: int, pick: int, added: bool) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if message_id := self._any_message(replica, pick):
                await replica.say("pin.add" if added else "pin.remove", messageId=message_id)

        self.runner.run(act())

    @rule(device=device, pick=pick, owner=st.sampled_from(DEVICES), kind=st.sampled_from(("tasks", "decisions")))
    def write_down(self, device: int, pick: int, owner: str, kind: str) -> None:
        replica = self.devices[device]
        if message_id := self._any_message(replica, pick):
            body = {"sourceMessageId": message_id, "ownerId": self.people[owner].id}
            # The owner may be no member any more, the message deleted.
            self._start(
                replica.person.call("POST", f"/rooms/{self.room_id}/{kind}", body, self._url(device)), {400, 409}
            )

    @rule(device=device, pick=pick, owner=st.sampled_from(DEVICES), day=st.dates().map(str), titled=st.booleans())
    def settle(self, device: int, pick: int, owner: str, day: str, titled: bool) -> None:
        if found := self._any_matter(self.devices[device], pick):
            path, is_task = found
            body = {"state": "done" if is_task else "decided", "dueDate": day, "ownerId": self.people[owner].id}
            body |= {"title": f"Matter {next(self.number)}"} if titled else {}
            self._start(self.devices[device].person.call("PATCH", path, body, self._url(device)), {400, 404})

    @rule(device=device, pick=pick)
    def cross_out(self, device: int, pick: int) -> None:
        if found := self._any_matter(self.devices[device], pick):
            self._start(self.devices[device].person.call("DELETE", found[0], None, self._url(device)), {404})

    def _any_matter(self, replica: Replica, pick: int) -> tuple[str, bool] | None:
        heard = list(replica.room().matters.values())
        if not heard:
            return None
        matter = heard[pick % len(heard)]
        is_task = any(event["id"] == matter["id"] for event in replica.logged("task.added"))
        return f"/rooms/{self.room_id}/{'tasks' if is_task else 'decisions'}/{matter['id']}", is_task

    @rule(device=device, pick=pick)
    def mark_and_delete(self, device: int, pick: int) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            if message_id := self._own_message(replica, pick):
                await replica.say("reaction.add", messageId=message_id, emoji="👍")
                await replica.say("pin.add", messageId=message_id)
                await replica.say("message.delete", messageId=message_id)

        self.runner.run(act())

    @rule(device=device, pick=pick, words=words, quoted=st.booleans())
    def make_card(self, device: int, pick: int, words: str, quoted: bool) -> None:
        replica = self.devices[device]
        source = self._any_message(replica, pick)
        body = {"sourceMessageId": source} if quoted and source else {"title": f"{next(self.number)} {words}"}
        self._start(replica.person.call("POST", f"/rooms/{self.room_id}/cards", body, self._url(device)), {400})

    @rule(device=device, pick=pick, words=words)
    def change_card(self, device: int, pick: int, words: str) -> None:
        replica = self.devices[device]
        if cards := replica.room().cards:
            path = f"/rooms/{self.room_id}/cards/{cards[pick % len(cards)]['id']}"
            self._start(replica.person.call("PATCH", path, {"title": f"changed {words}"}, self._url(device)), {404})

    @rule(device=device, pick=pick)
    def remove_card(self, device: int, pick: int) -> None:
        replica = self.devices[device]
        if cards := replica.room().cards:
            path = f"/rooms/{self.room_id}/cards/{cards[pick % len(cards)]['id']}"
            self._start(replica.person.call("DELETE", path, None, self._url(device)), {404})

    @staticmethod
    def _any_message(replica: Replica, pick: int) -> str | None:
        heard = [message_id for message_id, *_ in replica.room().messages.values()]
        return heard[pick % len(heard)] if heard else None

    @staticmethod
    def _own_message(replica: Replica, pick: int) -> str | None:
        own = [
            message_id for message_id, _, sender, _ in replica.room().messages.values() if sender == replica.person.id
        ]
        return own[pick % len(own)] if own else None

    @rule(device=device, words=words)
    def rename(self, device: int, words: str) -> None:
        async def act() -> None:
            await (await self.ready(device)).say("room.rename", title=f"Room {next(self.number)}")

        self.runner.run(act())

    @rule(device=device, guest=person)
    def invite(self, device: int, guest: str) -> None:
        replica = self.devices[device]
        path, body = f"/rooms/{self.room_id}/members", {"userIds": [self.people[guest].id]}
        self._start(replica.person.call("POST", path, body, self._url(device)))

    @rule(device=device, guest=person, role=st.sampled_from(("owner", "admin", "admin", "member")))
    def give_role(self, device: int, guest: str, role: str) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            await replica.say("room.member.update", userId=self.people[guest].id, role=role)

        self.runner.run(act())

    @rule(device=device, guest=person)
    def remove(self, device: int, guest: str) -> None:
        async def act() -> None:
            await (await self.ready(device)).say("room.member.remove", userId=self.people[guest].id)

        self.runner.run(act())

    @rule(device=device, back=st.integers(0, 5))
    def read(self, device: int, back: int) -> None:
        async def act() -> None:
            replica = await self.ready(device)
            await replica.say("read.mark", seq=max(replica.seq - back, 0))

        self.runner.run(act())

    @rule(guest=person)
    def leave(self, guest: str) -> None:
        async def act() -> None:
            await (await self.ready(DEVICES.index(guest))).say("room.leave")

        self.runner.run(act())

    @rule(device=device)
    def join_again(self, device: int) -> None:
        async def act() -> None:
            await (await self.ready(device)).join()

        self.runner.run(act())

    @rule(device=device)
    def cut(self, device: int) -> None:
        async def act() -> None:
            if self.devices[device].connected:
                self.devices[device].cut()

        self.runner.run(act())

    @rule(device=device, server=st.integers(0, 1))
    def reconnect(self, device: int, server: int) -> None:
        async def act() -> None:
            await self.devices[device].connect(self._url(server))
            await self.devices[device].resend_unacked()

        self.runner.run(act())

    @rule(turns=st.integers(1, 60))
    def let_things_happen(self, turns: int) -> None:
        async def act() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)

        self.runner.run(act())

    def _start(self, call: Awaitable[tuple[int, object]], refusals: AbstractSet[int] = frozenset()) -> None:
        async def act() -> None:
            status, body = await call
            assert status in {200, 403} | refusals, body

        async def start() -> None:
            self.tasks.append(asyncio.ensure_future(act()))

        self.runner.run(start())

    def teardown(self) -> None:
        if hasattr(self, "devices"):
            self.runner.run(self._compare())

    async def _compare(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self.tasks)
        observer = Replica(self.people["Ana"], self.room_id, members=self.devices[0].members)
        try:
            connected = [replica for replica in self.devices if replica.connected]
            for replica in connected:
                await replica.heard_out()
            await eventually(lambda: self.house.open_sockets == len(connected))
            for number, replica in enumerate(self.devices):
                await self._come_to_rest(number, replica)
            ana = self.people["Ana"]
            stored = await StoredRoom.fetch(ana, self.room_id)
            await observer.connect()
            await observer.until(lambda: observer.joined)
            for replica in self.devices:
                if replica.person.id in stored.members:
                    await replica.caught_up(observer.seq)
                    assert replica.seq == observer.seq
                    assert replica.room() == stored
                    await self._check_reading(replica)
        finally:
            for replica in (*self.devices, observer):
                await replica.close()
        assert observer.room() == stored
        await assert_mentions_listed(list(self.people.values()), stored, self.room_id)
        assert_same_order([observer, *self.devices])
        assert_acked_once(list(self.people.values()), stored)
        texts = [text for _, text, _, _ in stored.messages.values() if text != DELETED]
        assert len(texts) == len(set(texts))
        assert set(texts) <= self.said
        assert {error["message"] for replica in self.devices for error in replica.errors} <= EXPECTED

    async def _check_reading(self, replica: Replica) -> None:
        """What is unread follows from what the replica has, and no mark went back behind one that was told."""
        [room] = [room for room in await replica.person.get("/rooms") if room["id"] == self.room_id]
        assert room["unreadCount"] == replica.unread(room["lastReadSeq"])
        told = [mark["seq"] for mark in replica.told("read.updated") if mark["userId"] == replica.person.id]
        assert room["lastReadSeq"] >= max(told, default=0)

    async def _come_to_rest(self, number: int, replica: Replica) -> None:
        """Members are told of all they sent and all that was said."""
        status, _ = await replica.person.call("GET", f"/rooms/{self.room_id}/members")
        if status == 403:
            await replica.gone()
            return
        if not replica.connected:
            await replica.connect(self._url(number))
        elif not replica.joined:
            await replica.join()
        await replica.resend_unacked()
        await replica.all_acked()
        await replica.until(lambda: replica.joined)


@contextmanager
def occupied(house: AbstractAsyncContextManager[House]) -> Iterator[type[RoomMachine]]:
    """The machine for a house that is open, all within one event loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:

        async def session() -> aiohttp.ClientSession:
            return aiohttp.ClientSession()

        opened = runner.run(house.__aenter__())
        chatting = runner.run(session())
        try:
            yield type(
                "Rooms",
                (RoomMachine,),
                {"runner": runner, "house": opened, "session": chatting, "rooms": count(1)},
            )
        finally:
            runner.run(chatting.close())
            runner.run(house.__aexit__(None, None, None))


def check(machine: type[RoomMachine], *, examples: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# In good order each takes a few seconds; the rest is for the search of the shortest way to a failure.
@pytest.mark.timeout(400)
def test_in_memory(tmp_path: Path) -> None:
    with occupied(in_memory(tmp_path)) as machine:
        check(machine, examples=120)


@pytest.mark.timeout(400)
def test_over_postgres_with_two_servers(tmp_path: Path, postgres_dsn: str) -> None:
    with occupied(over_postgres(tmp_path, postgres_dsn)) as machine:
        check(machine, examples=40)
