"""What gets into the log, and what does not."""

import asyncio
import json
import logging
import re

import pytest

from adapters.observability.logs import on_loop_failure
from application.correlation import bind_question_id, bind_request_id, bound_request_id, current_request_id
from tests.adapters.observability.conftest import Lines, SetUp

TEXT = "what-somebody-said"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU"

ours = logging.getLogger("adapters.something")
theirs = logging.getLogger("somebodys.library")


def fail() -> None:
    try:
        raise KeyError(TEXT)
    except KeyError as error:
        raise RuntimeError(f"it was {TEXT}") from error


def test_a_line_is_one_object(lines: Lines) -> None:
    ours.info("%d things\nhappened", 3, extra={"lane": "room:1", "seconds": 0.5})
    [line] = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line.pop("timestamp"))
    assert line == {
        "level": "info",
        "logger": "adapters.something",
        "event": "3 things\nhappened",
        "lane": "room:1",
        "seconds": 0.5,
    }


def test_a_line_for_people_says_the_same(set_up: SetUp) -> None:
    stream = set_up("text")
    with bound_request_id("trace-1"):
        ours.warning("%d things happened", 3, extra={"lane": "room:1"})
    _, _, rest = stream.getvalue().partition(" ")
    assert rest == "WARNING adapters.something: 3 things happened lane=room:1 request_id=trace-1\n"


async def test_a_line_bears_the_request_that_it_goes_back_to(lines: Lines) -> None:
    async def work() -> None:
        ours.info("worked")

    async def request(name: str) -> None:
        bind_request_id(name)
        await asyncio.create_task(work())

    await asyncio.gather(asyncio.create_task(request("one")), asyncio.create_task(request("two")))
    ours.info("alone")
    assert [line.get("request_id") for line in lines()] == ["one", "two", None]


async def test_a_worker_takes_the_request_over_for_as_long_as_it_works(lines: Lines) -> None:
    async def work() -> None:
        with bound_request_id("from the queue"):
            bind_question_id("question-7")
            ours.info("working")
        assert current_request_id() is None
        with bound_request_id(None):
            ours.info("for nobody")

    await asyncio.create_task(work())
    assert [(line.get("request_id"), line.get("question_id")) for line in lines()] == [
        ("from the queue", "question-7"),
        (None, "question-7"),
    ]


def test_an_exception_is_outlined_and_not_quoted(lines: Lines, set_up: SetUp) -> None:
    text = set_up("text")
    try:
        fail()
    except RuntimeError:
        ours.exception("a thing failed")
    assert TEXT not in text.getvalue()
    for outline in (text.getvalue(),):
        assert "builtins.RuntimeError" in outline
        assert "caused by builtins.KeyError" in outline
        assert "in fail" in outline


@pytest.mark.parametrize("logger", [ours, theirs])
def test_an_exception_among_the_arguments_is_named_and_not_quoted(lines: Lines, logger: logging.Logger) -> None:
    logger.error("it failed: %s, %r after %d", ValueError(TEXT), OSError(TEXT), 3)
    logger.error(ValueError(TEXT))
    assert [line["event"] for line in lines()] == ["it failed: ValueError, 'OSError' after 3", "ValueError"]


def test_the_record_is_left_as_it_is_for_others(lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("no")
    ours.error("it failed: %s", error)
    assert caplog.records[-1].args == (error,)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"a token {JWT} came", "a token [token] came"),
        (f"refresh with jrt.{'0' * 32}.name-1_2.{'a' * 64}, then", "refresh with [token], then"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [token]"),
        ("offered jarvis, bearer.abcdef", "offered jarvis, bearer.[token]"),
        ("GET /ws?token=abc&x=1", "GET /ws?token=[token]&x=1"),
        ("postgresql://jarvis:pa55@db:5432/jarvis is away", "postgresql://[hidden]@db:5432/jarvis is away"),
        ("the key is k3Jq9vXw7L", "the key is [secret]"),
        ("nothing to hide: https://example.com/a?b=c", "nothing to hide: https://example.com/a?b=c"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(set_up: SetUp, said: str, shown: str) -> None:
    stream = set_up(secrets=("k3Jq9vXw7L", "ab"))
    ours.error("%s", said)
    assert json.loads(stream.getvalue())["event"] == shown


def test_libraries_are_heard_from_warning_on(lines: Lines) -> None:
    for logger in (ours, theirs):
        logger.debug("a request with all that is in it")
        logger.info("a request")
        logger.warning("trouble")
    logging.getLogger("aiohttp.websocket").warning("Client protocols %r don't overlap", ["bearer.x"])
    assert [(line["logger"], line["level"]) for line in lines()] == [
        ("adapters.something", "debug"),
        ("adapters.something", "info"),
        ("adapters.something", "warning"),
        ("somebodys.library", "warning"),
    ]


def test_nothing_below_the_level_is_written(set_up: SetUp) -> None:
    stream = set_up(level="error")
    ours.warning("trouble")
    theirs.warning("trouble")
    ours.error("failure")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["failure"]


async def test_what_fails_in_the_event_loop_is_written_without_its_values(lines: Lines) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(on_loop_failure)

    def callback(said: str) -> None:
        fail()

    ran = asyncio.Event()
    loop.call_soon(callback, TEXT)
    loop.call_soon(ran.set)
    await ran.wait()
    [line] = lines()
    assert line["event"].startswith("in the event loop: Exception in callback")
    assert "RuntimeError" in line["exception"]
    assert TEXT not in json.dumps(line)
