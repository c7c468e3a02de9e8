"""Jarvis does things: tools, a yes before what cannot be undone, stop, citations, a day's quota."""

import pytest

from adapters.mock.chat_model import MockChatModel
from adapters.system.clock import SystemClock
from tests.end_to_end.client import Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.models import ObedientModel, ScriptedModel, call


@pytest.fixture
def model() -> ObedientModel:
    return ObedientModel()


@pytest.fixture
async def server(open_server: OpenServer, model: ObedientModel) -> Server:
    return await open_server(model)  # type: ignore[arg-type]


async def test_the_room_sees_tools_and_the_asker_alone_is_asked(
    model: ObedientModel, ana: Person, ben: Person, cho: Person, room: str
) -> None:
    model.turns = [["잠시만요", call("room_add_user", person="cho@local")], ["초대했어요"]]
    async with await ana.connect(room) as anas, await ben.connect(room) as bens, await cho.connect() as chos:
        await anas.say("jarvis.request", roomId=room, prompt="초 님 초대", requestId="q", mode="action")
        asked = await anas.expect("bot.confirm", requestId="q")
        assert asked["name"] == "room_add_user"
        assert "Cho" in asked["summary"]
        await bens.say("jarvis.confirm", requestId="q", callId=asked["callId"], approve=True)
        assert (await bens.expect("error")).payload == {"message": "NOT_FOUND", "requestId": "q"}
        await anas.say("jarvis.confirm", requestId="q", callId=asked["callId"], approve=True)
        assert (await chos.expect("room.added"))["room"]["id"] == room
        for socket in (anas, bens):
            done = await socket.expect("bot.done", requestId="q")
            assert done["content"] == "잠시만요\n\n초대했어요"
            statuses = [event["status"] for event in socket.told("bot.tool", requestId="q")]
            assert statuses == ["waiting", "running", "done"]
        assert bens.told("bot.confirm") == []
    assert {member["name"] for member in await ana.get(f"/rooms/{room}/members")} == {"Ana", "Ben", "Cho"}


async def test_no_is_no(model: ObedientModel, ana: Person, cho: Person, room: str) -> None:
    model.turns = [[call("room_add_user", person="cho@local")], ["알겠어요"]]
    async with await ana.connect(room) as anas:
        await anas.say("jarvis.request", roomId=room, prompt="초대", requestId="q", mode="action")
        asked = await anas.expect("bot.confirm")
        await anas.say("jarvis.confirm", requestId="q", callId=asked["callId"], approve=False)
        await anas.expect("bot.done", requestId="q")
        assert [event["status"] for event in anas.told("bot.tool")] == ["waiting", "refused"]
    assert len(await ana.get(f"/rooms/{room}/members")) == 2


async def test_a_personal_answer_uses_its_tools_in_private(
    model: ObedientModel, ana: Person, ben: Person, room: str
) -> None:
    model.turns = [[call("open_news_search_popup", query="반도체")], ["열었어요"]]
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("jarvis.request", roomId=room, prompt="뉴스", requestId="q", mode="action", isPersonal=True)
        assert (await anas.expect("ui.news.search")).payload == {"roomId": room, "query": "반도체"}
        assert (await anas.expect("bot.personal.done"))["content"] == "열었어요"
        await bens.settled()
        assert bens.told("bot.tool") == bens.told("ui.news.search") == []


@pytest.mark.parametrize("by", ["asker", "owner"])
async def test_stop_ends_an_answer(open_server: OpenServer, by: str) -> None:
    model = ScriptedModel("하나", "둘", "셋", hold_after=1)
    server = await open_server(model)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await bens.say("jarvis.request", roomId=room, prompt="길게 말해 줘", requestId="q")
        await bens.expect("bot.stream", chunk="하나")
        stopping, other = (bens, anas) if by == "asker" else (anas, bens)
        await stopping.say("jarvis.cancel", requestId="q")
        for socket in (anas, bens):
            failed = await socket.expect("bot.failed", requestId="q")
            assert (failed["code"], failed["message"]) == ("CANCELLED", "답변을 멈췄어요.")
        await other.say("jarvis.cancel", requestId="q")
        assert (await other.expect("error", message="NOT_FOUND"))["requestId"] == "q"
        model.gate.set()
        model.pieces = ("다음",)
        await anas.say("jarvis.request", roomId=room, prompt="다음?", requestId="q2")
        assert (await anas.expect("bot.done"))["content"] == "다음"
    assert [message["content"] for message in await ana.history(room)] == ["다음"]


async def test_who_is_neither_asker_nor_owner_stops_nothing(open_server: OpenServer) -> None:
    model = ScriptedModel("하나", "둘", hold_after=1)
    server = await open_server(model)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("jarvis.request", roomId=room, prompt="?", requestId="q")
        await anas.expect("bot.stream", chunk="하나")
        await bens.say("jarvis.cancel", requestId="q")
        await bens.expect("error", message="NOT_FOUND")
        model.gate.set()
        await bens.expect("bot.done", requestId="q")


async def test_an_answer_says_what_it_rests_on(model: ObedientModel, ana: Person, ben: Person, room: str) -> None:
    model.turns = [["목요일이에요 [1], 정오요 [2]. [99]"]]
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        first = await anas.send(room, "출시는 목요일로 합시다", "1")
        second = await bens.send(room, "시간은 정오가 좋겠어요", "2")
        await anas.send(room, "자비스야 출시 언제야?", "3")
        done = await bens.expect("bot.done")
        expected = [
            {"messageId": first["id"], "roomId": room, "excerpt": "출시는 목요일로 합시다", "ref": 1},
            {"messageId": second["id"], "roomId": room, "excerpt": "시간은 정오가 좋겠어요", "ref": 2},
        ]
        assert done["citations"] == expected
        assert (await ben.history(room))[-1]["citations"] == expected
        await anas.say("message.delete", roomId=room, messageId=first["id"])
        await bens.expect("message.deleted")
        expected[0]["excerpt"] = ""
        assert (await ben.history(room))[-1]["citations"] == expected
    async with await ben.connect() as later:
        await later.join(room, since=0)
        assert later.told("bot.done")[0]["citations"] == expected


async def test_a_reply_brings_what_it_replies_to(model: ObedientModel, ana: Person, room: str) -> None:
    async with await ana.connect(room) as anas:
        old = await anas.send(room, "예산은 4억", "old")
        await anas.say(
            "message.send", roomId=room, content="자비스야 이거 설명해줘", clientTempId="q", replyToId=old["id"]
        )
        await anas.expect("bot.done")
    [shown] = model.shown
    assert shown.replied_to is not None
    assert (shown.replied_to.text, shown.replied_to.speaker) == ("예산은 4억", "Ana")


async def test_a_days_quota(open_server: OpenServer) -> None:
    server = await open_server(None, JARVIS_QUOTA_REQUESTS_PER_DAY=2)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.send(room, "자비스야 하나?", "1")
        await socket.expect("bot.done")
        await socket.say("jarvis.request", roomId=room, prompt="둘?", requestId="q2")
        await socket.expect("bot.done", requestId="q2")
        await socket.say("jarvis.request", roomId=room, prompt="셋?", requestId="q3")
        refused = await socket.expect("error", message="AI_QUOTA_EXCEEDED")
        assert refused["retryAfterMs"] > 0
        await socket.send(room, "자비스야 넷?", "4")
        await socket.expect("error", message="AI_QUOTA_EXCEEDED")
        sent = await ana.post(f"/rooms/{room}/messages", {"content": "자비스야 다섯?"})
        assert sent["notAsked"]["error"] == "AI_QUOTA_EXCEEDED"
        assert sent["notAsked"]["retryAfterMs"] > 0
        assert (await ana.get("/jarvis/usage"))["requests"] == {"used": 2, "limit": 2, "left": 0}
        server.clock.advance(days=1)
        await socket.say("jarvis.request", roomId=room, prompt="내일?", requestId="q5")
        await socket.expect("bot.done", requestId="q5")
    contents = [message["content"] for message in await ana.history(room)]
    assert {"자비스야 넷?", "자비스야 다섯?"} < set(contents), "what is said is said, though nobody answers"


async def test_the_mock_plans_a_meeting(open_server: OpenServer) -> None:
    server = await open_server(MockChatModel(SystemClock(), pause=0))  # type: ignore[arg-type]
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.say("jarvis.request", roomId=room, prompt="내일 3시에 회의 잡아줘", requestId="q", mode="action")
        done = await socket.expect("bot.done", requestId="q")
        assert "일정을 만들었어요: 회의" in done["content"]
    [event] = await ana.get("/calendar/events")
    assert event["title"] == "회의"
    assert event["start"].endswith("T06:00:00.000Z"), "three in the afternoon in Seoul"
