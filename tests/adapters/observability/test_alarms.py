"""Who is told when something is seriously wrong, and how often."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.observability.alarms import AlarmHandler, Channel, PacedAlarms
from adapters.observability.discretion import hider
from adapters.observability.mail import MailChannel
from adapters.observability.metrics import Metrics
from adapters.observability.slack import SlackChannel
from application.ports.mailer import Mail
from tests.adapters.observability.readouts import value
from tests.builders import eventually
from tests.mailer import KeepingMailer

TEXT = "what-somebody-said"
_log = logging.getLogger("adapters.something")


@dataclass
class Told:
    """A channel that keeps what it is given, or breaks."""

    texts: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def send(self, subject: str, text: str) -> None:
        if self.error is not None:
            raise self.error
        assert subject == "Jarvis on here"
        self.texts.append(text)


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def sounding(*channels: Channel, time: Time | None = None) -> AsyncIterator[PacedAlarms]:
    alarms = PacedAlarms(channels, Metrics(), pause_seconds=900, origin="here", time=time or Time())
    await alarms.start()
    try:
        yield alarms
    finally:
        await alarms.stop()


async def settled() -> None:
    """Let what has sounded be sent."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_of_a_kind_in_a_while_and_how_many_more_there_were() -> None:
    time, told = Time(), Told()
    async with sounding(told, time=time) as alarms:
        for _ in range(3):
            alarms.sound("disk", "the disk is full")
        alarms.sound("database", "the database is away")
        await settled()
        assert told.texts == ["the disk is full", "the database is away"]
        time.now += 899
        alarms.sound("disk", "the disk is full")
        await settled()
        assert len(told.texts) == 2
        time.now += 1
        alarms.sound("disk", "the disk is full")
        await settled()
        assert told.texts[2:] == ["the disk is full (3 more of this kind since the last alarm)"]
        time.now += 900
        alarms.sound("disk", "the disk is full")
        await settled()
        assert told.texts[3:] == ["the disk is full"]


async def test_a_channel_that_fails_does_not_keep_the_others_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    told, metrics = Told(), Metrics()
    alarms = PacedAlarms([Told(error=OSError(TEXT)), told], metrics, origin="here")
    await alarms.start()
    alarms.sound("disk", "the disk is full")
    await settled()
    await alarms.stop()
    assert told.texts == ["the disk is full"]
    assert await value(metrics, "jarvis_alarms_total", fate="failed") == 1
    assert await value(metrics, "jarvis_alarms_total", fate="sent") == 1
    assert TEXT not in caplog.text


async def test_alarms_of_other_threads_are_sent() -> None:
    told = Told()
    async with sounding(told) as alarms:
        thread = Thread(target=alarms.sound, args=("disk", "the disk is full"))
        thread.start()
        thread.join()
        await eventually(lambda: bool(told.texts))


async def test_the_stop_waits_for_what_is_being_sent() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), []

    class Slow:
        async def send(self, subject: str, text: str) -> None:
            begun.set()
            await may_end.wait()
            ended.append(text)

    alarms = PacedAlarms([Slow()], Metrics())
    await alarms.start()
    alarms.sound("disk", "the disk is full")
    await begun.wait()
    stopping = asyncio.create_task(alarms.stop())
    await settled()
    assert not stopping.done()
    may_end.set()
    await stopping
    assert ended == ["the disk is full"]
    alarms.sound("other", "nobody hears this")
    await settled()
    assert len(ended) == 1


@pytest.fixture
def sounded() -> Iterator[list[tuple[str, str]]]:
    """Kind and summary of all alarms that the log has sounded."""
    heard: list[tuple[str, str]] = []
    handler = AlarmHandler(lambda kind, summary: heard.append((kind, summary)), Metrics(), hider(["k3Jq9vXw7L"]))
    _log.addHandler(handler)
    yield heard
    _log.removeHandler(handler)


def fail(error: Exception) -> None:
    try:
        raise error
    except type(error):
        _log.exception("a message of type %s failed", "message.send")


def test_every_error_that_is_logged_sounds_an_alarm_that_quotes_nothing(sounded: list[tuple[str, str]]) -> None:
    _log.info("all is well")
    _log.warning("trouble")
    assert sounded == []
    fail(RuntimeError(TEXT))
    fail(RuntimeError("another text"))
    fail(KeyError(TEXT))
    summaries = [summary for _, summary in sounded]
    line = "adapters.something: a message of type message.send failed"
    assert summaries == [f"{line} (RuntimeError)", f"{line} (RuntimeError)", f"{line} (KeyError)"]
    kinds = [kind for kind, _ in sounded]
    assert kinds[0] == kinds[1] != kinds[2]


def test_a_kind_may_be_named_and_only_the_first_line_is_told(sounded: list[tuple[str, str]]) -> None:
    _log.error("the key k3Jq9vXw7L: %s\nand %s", OSError(TEXT), TEXT, extra={"alarm": "disk"})
    assert sounded == [("disk", "adapters.something: the key [secret]: OSError")]


async def test_slack_is_told_by_its_webhook() -> None:
    posted: list[Any] = []

    async def hook(request: web.Request) -> web.Response:
        posted.append(await request.json())
        return web.Response(status=200 if request.match_info["key"] == "right" else 404)

    app = web.Application()
    app.router.add_post("/services/{key}", hook)
    async with TestServer(app, host="127.0.0.1") as server:
        await SlackChannel(str(server.make_url("/services/right"))).send("Jarvis on here", "a <b> & c")
        assert posted == [{"text": "*Jarvis on here*\na &lt;b&gt; &amp; c"}]
        with pytest.raises(ValueError, match="404"):
            await SlackChannel(str(server.make_url("/services/wrong"))).send("Jarvis on here", "text")


async def test_mail_goes_to_all_who_are_named() -> None:
    mailer = KeepingMailer()
    await MailChannel(mailer, ("ops@example.com", "on-call@example.com")).send("Jarvis on here", "the disk is full")
    assert mailer.sent == [Mail(("ops@example.com", "on-call@example.com"), "Jarvis on here", "the disk is full")]
