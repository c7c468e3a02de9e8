"""Whole answers, and answers of a given form."""

import json
from contextlib import aclosing
from dataclasses import replace

import pytest
from pydantic import BaseModel, Field

from adapters.openai.client import OpenAiClient
from adapters.system.clock import SystemClock
from application.metering import metered
from application.tokens import tokens_of
from domain.errors import ModelAnsweredBadly, ModelBusy, ModelFailed, ModelRejected, ModelTimedOut
from tests.adapters.openai.conftest import PATIENCE
from tests.openai_server import Heard, OpenAiServer, Refusal, Reply, Stream, Whole, delta, usage


class Card(BaseModel):
    title: str = Field(max_length=10)
    votes: int


GOOD = '{"title": "배포", "votes": 3}'


async def made(client: OpenAiClient) -> Card:
    return await client.structured("m", "Make a card.", '{"text": "배포합시다"}', Card)


async def test_a_whole_answer(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Refusal(500), Whole("  요약입니다\n")]
    assert await client.complete("m", "Summarise.", "길다", longest=50) == "요약입니다"
    assert server.asked[1]["messages"] == [
        {"role": "system", "content": "Summarise."},
        {"role": "user", "content": "길다"},
    ]
    assert server.asked[1]["max_completion_tokens"] == 50


async def test_an_answer_that_was_cut_off_is_none(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Whole("반만", "length")]
    with pytest.raises(ModelRejected):
        await client.complete("m", "Summarise.", "길다")


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```", "Here you are:\n{}"])
async def test_a_form_is_asked_for_and_read(server: OpenAiServer, client: OpenAiClient, around: str) -> None:
    server.script = [Whole(around.replace("{}", GOOD))]
    assert await made(client) == Card(title="배포", votes=3)
    (asked,) = server.asked
    assert asked["response_format"]["type"] == "json_schema"
    assert asked["response_format"]["json_schema"]["schema"]["required"] == ["title", "votes"]
    assert json.dumps("votes") in asked["messages"][0]["content"]


@pytest.mark.parametrize(
    "bad", ["no JSON at all", '{"title": "배포"}', '{"title": "12345678901", "votes": 1}', GOOD[:-4]]
)
async def test_a_bad_form_is_shown_its_fault_once(server: OpenAiServer, client: OpenAiClient, bad: str) -> None:
    server.script = [Whole(bad), Whole(GOOD)]
    assert (await made(client)).votes == 3
    shown = server.asked[1]["messages"]
    assert shown[2] == {"role": "assistant", "content": bad}
    assert "does not fit" in shown[3]["content"]
    server.script = [Whole(bad), Whole(bad), Whole(GOOD)]
    with pytest.raises(ModelAnsweredBadly):
        await made(client)
    assert len(server.script) == 1


async def test_a_server_without_schemas_is_asked_in_words(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Refusal(400), Whole(GOOD), Whole(GOOD)]
    assert (await made(client)).votes == 3
    assert (await made(client)).votes == 3
    assert ["response_format" in asked for asked in server.asked] == [True, False, False]


async def test_what_is_refused_without_a_schema_too_was_not_the_schemas_fault(
    server: OpenAiServer, client: OpenAiClient
) -> None:
    server.script = [Refusal(400), Refusal(400), Refusal(429), Refusal(429), Refusal(429), Whole(GOOD)]
    with pytest.raises(ModelRejected):
        await made(client)
    with pytest.raises(ModelBusy):
        await made(client)
    assert (await made(client)).votes == 3
    assert "response_format" in server.asked[-1]


async def test_what_whole_answers_took_is_counted(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Whole("no JSON"), Whole(GOOD)]
    with metered() as meter:
        await made(client)
    assert meter.tokens == 2 * 7


async def test_what_a_stream_took_is_counted(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Stream([usage(11, 1), delta("하나"), delta(finish="stop"), usage(11, 2)])]
    with metered() as meter:
        async for _ in client.stream("m", [{"role": "user", "content": "세어 줘"}]):
            pass
    assert meter.tokens == 13


async def test_what_a_server_does_not_tell_is_estimated(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Stream([delta("하나"), delta("둘"), delta(finish="stop")])]
    with metered() as meter:
        async for _ in client.stream("m", [{"role": "user", "content": "세어 줘"}]):
            pass
    assert meter.tokens == tokens_of("세어 줘하나둘")


async def test_what_is_stopped_was_taken_so_far(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Stream([delta("하나")], stalls=True)]
    with metered() as meter:
        async with aclosing(client.stream("m", [{"role": "user", "content": "세어 줘"}])) as chunks:
            await anext(chunks)
    assert meter.tokens == tokens_of("세어 줘하나")


async def test_what_nothing_came_of_took_nothing(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Stream([], stops=True)]
    with metered() as meter, pytest.raises(ModelFailed):
        async for _ in client.stream("m", [{"role": "user", "content": "세어 줘"}]):
            pass
    assert meter.tokens == 0


@pytest.mark.parametrize("spoiled", [Whole(GOOD, "length"), Whole(GOOD, "content_filter"), Refusal(404)])
async def test_an_answer_that_failed_otherwise_says_nothing_against_schemas(
    server: OpenAiServer, client: OpenAiClient, spoiled: Reply
) -> None:
    server.script = [spoiled, Whole(GOOD)]
    with pytest.raises(ModelRejected):
        await made(client)
    await made(client)
    assert ["response_format" in asked for asked in server.asked] == [True, True]


async def test_an_answer_without_any_is_an_outage(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Heard("a body of another shape")]
    with pytest.raises(ModelFailed) as failed:
        await client.complete("m", "Summarise.", "길다")
    assert type(failed.value) is ModelFailed


async def test_half_a_character_is_no_text_and_breaks_nothing(server: OpenAiServer, client: OpenAiClient) -> None:
    server.script = [Whole("no JSON \ud800"), Whole('{"title": "배\ud800포", "votes": 1}')]
    assert (await made(client)).title == "배\ufffd포"


async def test_a_silent_server_is_given_the_time_of_one_answer_once(server: OpenAiServer) -> None:
    hasty = OpenAiClient("k", server.url, SystemClock(), replace(PATIENCE, whole=0.05))
    server.script = [Stream([], stalls=True), Whole(GOOD)]
    with pytest.raises(ModelTimedOut):
        await made(hasty)
    await hasty.close()
    assert len(server.asked) == 1
