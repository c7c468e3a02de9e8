"""A check from its beginning to its end, of a server that is well and of some that are not."""

import asyncio
import json
from asyncio import Future
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from dependency_injector import providers

from adapters.system.ids import Uuid7Source
from application.ports.message_log import MessageLog, NewMessage, Posted
from application.streams import Catchup, RoomStreams
from domain.errors import Unavailable
from domain.ids import MessageId, RoomId
from domain.users import Actor
from entrypoints.container import InMemoryAdapters, Product
from entrypoints.server import serving, working
from entrypoints.settings import load
from entrypoints.verify.checker import Kind
from entrypoints.verify.run import Plan, verify
from entrypoints.verify.wire import CannotVerify
from tests.crowds import more_acked
from tests.end_to_end.client import Person
from tests.jarvis_process import run, running

SECRET = "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"
EVERY = 7

OpenServer = Callable[..., AbstractAsyncContextManager[str]]
Sabotage = Callable[[MessageLog], MessageLog]


@pytest.fixture
def open_server(tmp_path: Path) -> OpenServer:
    """Opens a server all in memory, over a message log (and streams) of one's making; answers where it is."""

    @asynccontextmanager
    async def open_(
        sabotage: Sabotage | None = None, *, streams: type[RoomStreams] = RoomStreams, **overrides: object
    ) -> AsyncIterator[str]:
        settings = load(**{"PORT": 0, "JARVIS_DATA": tmp_path, "JARVIS_RATE_LIMITS": "off", **overrides})
        adapters = InMemoryAdapters(settings=settings, secret=SECRET)
        if sabotage is not None:
            adapters.message_log.override(providers.Object(sabotage(adapters.message_log())))
        product = Product(settings=settings, secret=SECRET, adapters=adapters)
        product.streams.override(providers.Singleton(streams, adapters.work, adapters.partial_answers))
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(working(product))
            yield f"http://127.0.0.1:{await stack.enter_async_context(serving(product))}"

    return open_


class Saboteur:
    """A message log that does something else with every seventh send."""

    def __init__(self, log: MessageLog) -> None:
        self.log = log
        self._count = 0

    def append(self, message: NewMessage) -> "Future[Posted]":
        self._count += 1
        return self.log.append(message) if self._count % EVERY else self.misdo(message)

    def misdo(self, message: NewMessage) -> "Future[Posted]":
        raise NotImplementedError


class Forgetting(Saboteur):
    def misdo(self, message: NewMessage) -> "Future[Posted]":
        """Say that it is kept, and do not keep it."""
        said = asyncio.get_running_loop().create_future()
        said.set_result(Posted(message.id, 1))
        return said


class Doubling(Saboteur):
    def misdo(self, message: NewMessage) -> "Future[Posted]":
        """Keep it once more, as if somebody else had said it."""
        kept = self.log.append(message)
        other = MessageId(Uuid7Source().new())
        self.log.append(message._replace(id=other, client_temp_id=f"{message.client_temp_id}+"))
        return kept


class Twisting(Saboteur):
    def misdo(self, message: NewMessage) -> "Future[Posted]":
        """Keep another text."""
        return self.log.append(message._replace(content=f"{message.content}!"))


def plan(url: str, **options: object) -> Plan:
    """A short check."""
    defaults: dict[str, object] = {"clients": 6, "rooms": 3, "seconds": 0, "rate": 0, "cut": 0.2, "ahead": 8}
    return Plan((url,), **(defaults | options))  # type: ignore[arg-type]


async def test_a_server_that_is_well(open_server: OpenServer) -> None:
    async with open_server() as url, aiohttp.ClientSession() as session:
        report = await verify(plan(url), lambda crowd: more_acked(crowd, 500))
        ana = await Person.sign_in(session, url, "verify", "c1@verify.local")
        assert await ana.get("/rooms") == []
    counts = report.verdict.counts
    assert report.verdict.good
    assert counts["acked"] == counts["sent"] == counts["logged"] >= 500
    assert counts["heard"] == counts["logged"] * 4
    assert counts["rooms"] == 3
    assert counts["readers_at_the_end"] == 12
    assert counts["readings"] == 6
    assert report.as_json()["verdict"] == "good"


async def test_it_acts_as_those_whose_tokens_it_is_given(open_server: OpenServer) -> None:
    async with open_server() as url, aiohttp.ClientSession() as session:
        ana = await Person.sign_in(session, url, "Ana")
        ben = await Person.sign_in(session, url, "Ben")
        tokens = (ana.token, ben.token)
        report = await verify(plan(url, tokens=tokens, keep=True), lambda crowd: more_acked(crowd, 100))
        assert report.verdict.good
        rooms = await ben.get("/rooms")
        assert len(rooms) == 3
        assert {room["createdBy"] for room in rooms} == {ana.id}
        senders = {message["senderUserId"] for room in rooms for message in await ben.history(room["id"])}
        assert senders == {ana.id, ben.id}
        await verify(plan(url, tokens=tokens), lambda crowd: more_acked(crowd, 10))
        assert len(await ben.get("/rooms")) == 3, "the rooms of the second check are deleted"


@pytest.mark.parametrize(
    ("sabotage", "expected"),
    [(Forgetting, Kind.LOST), (Doubling, Kind.NEVER_SENT), (Twisting, Kind.CHANGED)],
    ids=["forgets", "doubles", "twists"],
)
async def test_a_server_that_is_not_well(open_server: OpenServer, sabotage: Sabotage, expected: Kind) -> None:
    async with open_server(sabotage) as url:
        report = await verify(plan(url, cut=0, patience=5), lambda crowd: more_acked(crowd, 100))
    found = [violation.kind for violation in report.verdict.violations]
    assert found.count(expected) >= 100 // EVERY
    assert report.as_json()["verdict"] == "bad"


class Refusing(RoomStreams):
    """Refuses every third join, as when the database is away for a moment."""

    joins = count(1)

    async def join(self, actor: Actor, room_id: RoomId, since: int | None) -> Catchup:
        if since and not next(self.joins) % 3:
            raise Unavailable
        return await super().join(actor, room_id, since)


async def test_who_is_refused_a_join_comes_back_and_misses_nothing(open_server: OpenServer) -> None:
    async with open_server(streams=Refusing) as url:
        report = await verify(plan(url, rate=100, cut=0.3), lambda crowd: more_acked(crowd, 1000))
    assert report.verdict.violations == ()
    assert report.refusals.keys() == {"SERVICE_UNAVAILABLE"}
    assert report.verdict.counts["heard"] == report.verdict.counts["logged"] * 4


async def test_a_server_without_the_development_sign_in(open_server: OpenServer) -> None:
    async with open_server(JARVIS_ENV="production", JWT_SECRET=SECRET) as url:
        with pytest.raises(CannotVerify, match="/auth/dev is answered with 404"):
            await verify(plan(url, patience=1))


async def test_as_a_command(tmp_path: Path) -> None:
    async with running("demo", folder=tmp_path) as jarvis:
        arguments = ("--clients", "4", "--rooms", "2", "--seconds", "0.5")
        ended = await asyncio.to_thread(run, "verify", "--url", jarvis.url, *arguments, folder=tmp_path)
        assert (ended.returncode, ended.stderr) == (0, "")
        report = json.loads(ended.stdout)
        assert report["verdict"] == "good"
        assert report["counts"]["acked"] > 0
        assert report["plan"]["servers"] == [jarvis.url]
        assert await jarvis.stop() == 0
    ended = run("verify", "--url", jarvis.url, "--patience", "1", folder=tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Cannot verify:\n  {jarvis.url} cannot be reached")
