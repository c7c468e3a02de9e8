"""Minutes through the whole product: asked for, made by a worker, told to the room once."""

import asyncio
import json

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.openai_server import OpenAiServer, Stream, Whole, delta, words

MINUTES = {
    "points": [{"text": "배포를 이야기했다", "refs": [1]}],
    "decisions": [{"text": "금요일에 배포한다", "refs": [1]}],
    "openPoints": [],
}


async def test_the_mock_makes_minutes_of_the_real_talk(server: Server, ana: Person, ben: Person, cho: Person) -> None:
    source, target = await ana.open_room(ben, title="배포 회의"), await ana.open_room(cho, title="경영진")
    async with await ben.connect(source) as talking:
        await talking.send(source, "배포는 금요일에 하기로 했습니다")
        await talking.send(source, "롤백은 누가 맡나요?")
    async with await cho.connect(target) as reader:
        asked = await ana.post(f"/rooms/{target}/import-meeting-summary", {"sourceRoomId": source})
        posted = await reader.expect("message.new", roomId=target, senderType="bot")
    assert asked["ok"] is True
    assert "- Ben: 배포는 금요일에 하기로 했습니다" in posted["content"]
    assert "- Ben: 롤백은 누가 맡나요?" in posted["content"]
    assert "모의" in posted["content"]
    assert (posted.seq, posted["senderUserId"]) == (1, None)
    assert [message["id"] for message in await cho.history(target)] == [posted["id"]]
    async with await cho.connect() as late:
        await late.join(target, since=0)
        assert (await late.expect("message.new", id=posted["id"])).seq == 1
    job = await ana.get(f"/jobs/{asked['jobId']}")
    assert (job["status"], job["result"]) == ("done", {"messageId": posted["id"]})


async def test_a_model_makes_minutes(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai()
    ana = await server.person("Ana")
    source, target = await ana.open_room(title="배포 회의"), await ana.open_room()
    openai.script = [Whole("{}"), Whole(json.dumps(MINUTES))]
    async with await ana.connect(source, target) as socket:
        await socket.send(source, "금요일에 배포합시다")
        await ana.post(f"/rooms/{target}/import-meeting-summary", {"sourceRoomId": source})
        posted = await socket.expect("message.new", roomId=target, senderType="bot")
    assert "**결정 사항**\n- 금요일에 배포한다" in posted["content"]
    assert "금요일에 배포합시다" in openai.asked[0]["messages"][1]["content"]


async def test_a_model_that_is_never_well_posts_nothing(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai(
        JARVIS_MODEL_RETRIES=0,
        JARVIS_ANSWER_PAUSE_SECONDS=0.01,
        JARVIS_SWEEP_SECONDS=0.05,
    )
    ana = await server.person("Ana")
    source, target = await ana.open_room(), await ana.open_room()
    async with await ana.connect(source) as socket:
        await socket.send(source, "금요일에 배포합시다")
        await ana.post(f"/rooms/{target}/import-meeting-summary", {"sourceRoomId": source})
        failed = await socket.expect("job.updated", status="failed")
    assert failed["error"] == "MODEL_FAILED"
    assert len(openai.asked) == 5
    assert await ana.history(target) == []


async def test_refusals(ana: Person, ben: Person, room: str) -> None:
    others = await ben.open_room()
    for path, body, outcome in (
        (room, {}, (400, "SOURCE_ROOM_REQUIRED")),
        (room, {"sourceRoomId": room}, (400, "SOURCE_AND_TARGET_SAME")),
        (room, {"sourceRoomId": others}, (403, "FORBIDDEN_SOURCE")),
        (others, {"sourceRoomId": room}, (403, "FORBIDDEN_TARGET")),
    ):
        refused = await ana.call("POST", f"/rooms/{path}/import-meeting-summary", body)
        assert (refused.status, refused.error) == outcome


async def test_who_was_away_is_told_what_was_missed_and_nobody_else_hears(
    open_server: OpenServer, database_url: str | None
) -> None:
    server = await open_server(JARVIS_MOCK_PAUSE_SECONDS=0)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben, title="배포")
    async with await ana.connect(room) as talking, await ben.connect() as elsewhere:
        first = await talking.send(room, "안녕하세요")
        second = await talking.send(room, "배포는 금요일로 확정했습니다")
        answer = await ben.get(f"/rooms/{room}/catch-up?sinceSeq={first.seq}")
        done = await elsewhere.expect("bot.personal.done", requestId=answer["requestId"])
        await talking.send(room, "끝")
        assert not [event for event in talking.seen if event.type.startswith("bot.")]
    assert "- Ana: 배포는 금요일로 확정했습니다 [2]" in answer["content"]
    assert answer["citations"] == [
        {"messageId": second["id"], "roomId": room, "ref": 2, "excerpt": "배포는 금요일로 확정했습니다"}
    ]
    assert (answer["sinceSeq"], answer["seq"]) == (1, 2)
    assert (done["content"], done["citations"]) == (answer["content"], answer["citations"])
    chunks = [event for event in elsewhere.seen if event.type == "bot.personal.stream"]
    assert "".join(chunk["chunk"] for chunk in chunks) == answer["content"]
    assert [chunk["index"] for chunk in chunks] == list(range(len(chunks)))
    assert len(await ana.history(room)) == 3


async def test_without_a_seq_it_is_what_one_has_not_read(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai()
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben, title="배포")
    openai.script = [words("금요일이에요 ", "[2]")]
    async with await ana.connect(room) as talking, await ben.connect(room) as reading:
        await talking.send(room, "안녕하세요")
        await reading.say("read.mark", roomId=room, seq=1)
        await reading.expect("read.updated", userId=ben.id, seq=1)
        await talking.send(room, "배포는 금요일로 확정했습니다")
    answer = await ben.get(f"/rooms/{room}/catch-up")
    assert answer["content"] == "금요일이에요 [2]"
    assert [citation["ref"] for citation in answer["citations"]] == [2]
    (asked,) = openai.asked
    assert "안녕하세요" not in asked["messages"][1]["content"]
    nothing = await ana.get(f"/rooms/{room}/catch-up?sinceSeq=2")
    assert (nothing["content"], nothing["citations"]) == ("그동안 새로 올라온 이야기가 없어요.", [])
    assert len(openai.asked) == 1


async def test_a_telling_that_fails_is_said_on_both_ways(open_on_openai: OpenServer) -> None:
    server = await open_on_openai(
        JARVIS_MODEL_RETRIES=0,
        JARVIS_ANSWER_PAUSE_SECONDS=0.01,
        JARVIS_SWEEP_SECONDS=0.05,
    )
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.send(room, "금요일에 배포합시다")
        refused = await ana.call("GET", f"/rooms/{room}/catch-up?sinceSeq=0")
        failed = await socket.expect("bot.failed", code="MODEL_FAILED")
        done = await socket.expect("bot.personal.done", requestId=failed["requestId"])
    assert (refused.status, refused.error) == (502, "SUMMARY_FAILED")
    assert done["content"] == failed["message"]


async def test_a_telling_is_cancelled_while_it_comes(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai()
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    openai.script = [Stream([delta("금요일")], stalls=True)]
    async with await ana.connect(room) as socket:
        await socket.send(room, "금요일에 배포합시다")
        asking = asyncio.create_task(ana.call("GET", f"/rooms/{room}/catch-up?sinceSeq=0"))
        chunk = await socket.expect("bot.personal.stream", chunk="금요일")
        async with await ben.connect(room) as other:
            await other.say("jarvis.cancel", requestId=chunk["requestId"])
            await other.expect("error", message="NOT_FOUND")
        await socket.say("jarvis.cancel", requestId=chunk["requestId"])
        failed = await socket.expect("bot.failed", requestId=chunk["requestId"])
        done = await socket.expect("bot.personal.done", requestId=chunk["requestId"])
        await socket.expect("job.updated", status="failed", error="CANCELLED")
        await socket.say("jarvis.cancel", requestId=chunk["requestId"])
        await socket.expect("error", message="NOT_FOUND")
    answer = await asking
    assert (failed["code"], failed["message"]) == ("CANCELLED", done["content"])
    assert (answer.status, answer.error) == (409, "CANCELLED")


async def test_minutes_and_tellings_count_in_the_days_quota(open_on_openai: OpenServer, openai: OpenAiServer) -> None:
    server = await open_on_openai(JARVIS_QUOTA_REQUESTS_PER_DAY=2)
    ana = await server.person("Ana")
    source, target = await ana.open_room(), await ana.open_room()
    openai.script = [Whole(json.dumps(MINUTES)), words("금요일이에요")]
    async with await ana.connect(source, target) as socket:
        await socket.send(source, "금요일에 배포합시다")
        await ana.post(f"/rooms/{target}/import-meeting-summary", {"sourceRoomId": source})
        await socket.expect("job.updated", status="done")
        await ana.get(f"/rooms/{source}/catch-up?sinceSeq=0")
    used = await ana.get("/jarvis/usage")
    assert used["requests"] == {"used": 2, "limit": 2, "left": 0}
    assert used["tokens"]["used"] == 7 + 12
    for method, path, body in (
        ("POST", f"/rooms/{target}/import-meeting-summary", {"sourceRoomId": source}),
        ("GET", f"/rooms/{source}/catch-up?sinceSeq=0", None),
        ("POST", f"/rooms/{source}/pulse-report", None),
        ("POST", f"/rooms/{source}/cards/generate-weekly", None),
    ):
        refused = await ana.call(method, path, body)
        assert (refused.status, refused.error) == (429, "AI_QUOTA_EXCEEDED")
    await ana.call("DELETE", f"/rooms/{source}")
    assert (await ana.get("/jarvis/usage"))["requests"]["left"] == 0
