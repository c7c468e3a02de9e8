"""Cards made of a week's talk, and what rooms know together, over the wire."""

import json

import aiohttp
import pytest

from domain.weeks import Week
from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.shapes import CARD, fits
from tests.openai_server import OpenAiServer, Refusal, Reply, Stream, Whole

IDEA = {"title": "느린 결제", "problem": "결제가 느리다", "proposal": "캐시", "refs": [1], "issues": ["지연"]}
MADE = {"cards": [IDEA]}


async def of_openai(open_on_openai: OpenServer, **more: object) -> Server:
    return await open_on_openai(
        OPENAI_IDEA_MODEL="ideas-1",
        JARVIS_MODEL_RETRIES=0,
        **more,
    )


async def test_the_mock_makes_cards_of_the_real_talk_and_the_call_waits(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    async with await ana.connect(room) as talking, await ben.connect(room) as reading:
        said = await talking.send(room, "결제 서버가 자꾸 느려져서 문제예요")
        await talking.send(room, "결제 서버에 Redis 캐시를 도입하면 어떨까요?")
        answer = await ana.post(f"/rooms/{room}/cards/generate-weekly", {})
        assert (answer["ok"], answer["created"]) == (True, 1)
        added = await reading.expect("card.added", kind="weekly_ai")
        await talking.expect("job.updated", jobId=answer["jobId"], status="running")
        await talking.expect("job.updated", jobId=answer["jobId"], status="done")
        (card,) = await ben.get(f"/rooms/{room}/cards")
        assert card == added.payload
        assert fits(card, CARD)
        assert card["weekStart"] == f"{Week.of(server.clock.now()).monday}T00:00:00.000Z"
        assert f"message:{said['id']}" in card["content"]["evidence"]
        assert (card["createdBy"], card["content"]["owners"]) == (ana.id, ["Ana"])
        again = await ana.post(f"/rooms/{room}/cards/generate-weekly", {})
        assert again["created"] == 1
        removed = await reading.expect("card.removed", cardId=card["id"])
        renewed = await reading.expect("card.added", kind="weekly_ai")
        assert (removed.seq, renewed.seq) == (4, 5)


async def test_a_week_in_which_nobody_spoke(ana: Person, room: str) -> None:
    answer = await ana.post(f"/rooms/{room}/cards/generate-weekly", {"weekStart": "2020-01-01"})
    assert (answer["ok"], answer["created"], answer["reason"]) == (True, 0, "NO_MESSAGES")


async def test_who_does_not_wait_follows_the_job(server: Server, ana: Person, ben: Person, room: str) -> None:
    headers = {"Authorization": f"Bearer {ana.token}", "Prefer": "respond-async"}
    async with await ana.connect(room) as talking:
        await talking.send(room, "로그인 오류가 계속 납니다")
        path = f"{ana.url}/rooms/{room}/cards/generate-weekly"
        async with ana.session.post(path, json={}, headers=headers) as response:
            assert response.status == 202
            place = response.headers["Location"]
        done = await talking.expect("job.updated", status="done")
        told = [
            event["progress"] for event in talking.seen if event.type == "job.updated" and "progress" in event.payload
        ]
    assert told == [0.9, 1]
    assert place == f"/jobs/{done['jobId']}"
    job = await ana.get(place)
    assert (job["status"], job["result"]["created"]) == ("done", 1)
    assert (await ben.call("GET", place)).error == "NOT_FOUND"


async def test_a_model_makes_cards_by_the_given_form(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await of_openai(open_on_openai)
    ana = await server.person("Ana")
    room = await ana.open_room(title="결제")
    openai.script = [Whole('{"cards": 7}'), Whole(json.dumps(MADE))]
    async with await ana.connect(room) as socket:
        said = await socket.send(room, "결제가 느려요")
    assert (await ana.post(f"/rooms/{room}/cards/generate-weekly", {}))["created"] == 1
    (card,) = await ana.get(f"/rooms/{room}/cards")
    assert (card["title"], card["content"]["evidence"]) == ("느린 결제", [f"message:{said['id']}"])
    first, repair = openai.asked
    assert first["model"] == "ideas-1"
    assert first["response_format"]["type"] == "json_schema"
    assert "does not fit the schema" in repair["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([Whole("{}"), Whole("still none")], "IDEA_BAD_JSON"),
        ([Refusal(500)], "IDEA_UPSTREAM_ERROR"),
        ([Refusal(401)], "IDEA_UPSTREAM_ERROR"),
        ([Refusal(429)], "IDEA_UPSTREAM_ERROR"),
        ([Stream([], stalls=True)], "IDEA_UPSTREAM_ERROR"),
    ],
)
async def test_a_failed_run_leaves_the_old_cards_as_they_were(
    open_on_openai: OpenServer, openai: OpenAiServer, script: list[Reply], code: str
) -> None:
    server = await of_openai(open_on_openai, JARVIS_MODEL_WHOLE_SECONDS=2)
    ana = await server.person("Ana")
    room = await ana.open_room()
    openai.script = [Whole(json.dumps(MADE))]
    async with await ana.connect(room) as socket:
        await socket.send(room, "결제가 느려요")
        await ana.post(f"/rooms/{room}/cards/generate-weekly", {})
        before = await ana.get(f"/rooms/{room}/cards")
        asked = len(openai.asked)
        openai.script = list(script)
        failed = await ana.call("POST", f"/rooms/{room}/cards/generate-weekly", {})
        assert (failed.status, failed.error) == (502, code)
        assert (await socket.expect("job.updated", status="failed"))["error"] == code
        assert len(openai.asked) == asked + len(script)
        assert await ana.get(f"/rooms/{room}/cards") == before
        await socket.send(room, "끝")
        assert not socket.told("card.removed")


async def test_a_model_that_fails_again_and_again_is_left_alone(
    open_on_openai: OpenServer, openai: OpenAiServer
) -> None:
    server = await of_openai(open_on_openai, JARVIS_VENDOR_FAILURES=2)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.send(room, "결제가 느려요")
    for _ in range(4):
        failed = await ana.call("POST", f"/rooms/{room}/cards/generate-weekly", {})
        assert (failed.status, failed.error) == (502, "IDEA_UPSTREAM_ERROR")
    assert len(openai.asked) == 2


async def test_the_scheduler_makes_the_cards_of_the_week_before(server: Server, ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        await socket.send(room, "로그인 오류가 계속 납니다")
        server.clock.advance(days=7)
        for _ in range(3):
            await server.product.ideas().renew()
        added = await socket.expect("card.added", kind="weekly_ai")
        assert added["createdBy"] is None
        assert added["weekStart"] == f"{Week.of(server.clock.now()).previous.monday}T00:00:00.000Z"
        await socket.send(room, "끝")
        assert len(socket.told("card.added")) == 1


async def test_rooms_share_what_they_know_with_those_who_are_in_them(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    other = await ana.open_room(title="다른 방")
    async with await ana.connect(room, other) as talking:
        sources = [(await talking.send(where, "이야기"))["id"] for where in (room, other)]
        for where, label, source in zip((room, other), ("결제 지연", "결제지연"), sources, strict=True):
            body = {
                "sourceMessageId": source,
                "graph": {"issues": [label], "decisions": ["캐시 도입"]},
                "content": {"owners": ["Ben"], "evidence": [f"message:{source}"]},
            }
            await ana.post(f"/rooms/{where}/cards", body)
        await talking.say("message.delete", roomId=other, messageId=sources[1])
        await talking.settled()
    anas, bens = await ana.get("/graph"), await ben.get("/graph")
    [issue] = [node for node in anas["nodes"] if node["type"] == "issue"]
    assert (issue["weight"], sorted(issue["roomIds"]), len(issue["evidence"])) == (2, sorted([room, other]), 1)
    [person] = [node for node in bens["nodes"] if node["type"] == "person"]
    assert person["id"] == f"person:{ben.id}"
    [issue] = [node for node in bens["nodes"] if node["type"] == "issue"]
    assert (issue["weight"], issue["roomIds"]) == (1, [room])
    assert other not in str(bens)


async def test_refusals(ana: Person, ben: Person) -> None:
    others = await ben.open_room()
    for method, path in (("POST", f"/rooms/{others}/cards/generate-weekly"), ("GET", f"/rooms/{others}/graph")):
        refused = await ana.call(method, path)
        assert (refused.status, refused.error) == (403, "FORBIDDEN")
    async with aiohttp.ClientSession() as nobody, nobody.get(f"{ana.url}/graph") as response:
        assert response.status == 401
