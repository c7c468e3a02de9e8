"""Asking Jarvis: in the room and for oneself."""

import pytest

from domain.errors import ModelFailed
from tests.end_to_end.client import UNKNOWN_ID, Event, Person, Socket
from tests.end_to_end.conftest import OpenServer, Server
from tests.models import ScriptedModel

ANSWER = "하나 둘"
INSTRUCTION = "다음 질문에 한국어로 답해줘:\n"


def stream(socket: Socket, request_id: str) -> list[tuple[int, str]]:
    """What came of a public answer, piece by piece."""
    return [(event["index"], event["chunk"]) for event in socket.told("bot.stream", requestId=request_id)]


async def answer(socket: Socket, **wanted: object) -> Event:
    """The next public answer, of which every piece has come in order, the first one being empty."""
    done = await socket.expect("bot.done", **wanted)
    pieces = stream(socket, done["requestId"])
    assert [index for index, _ in pieces] == list(range(len(pieces)))
    assert pieces[0] == (0, "")
    assert "".join(chunk for _, chunk in pieces) == done["content"]
    return done


async def test_a_message_that_calls_jarvis_is_answered_in_the_room(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await bens.send(room, "회의는 목요일", "fact")
        for number, text in enumerate(("자비스야, 회의는 언제야?", "그런데 자비스야 궁금하다 회의는 언제야?")):
            await anas.send(room, text, f"question-{number}")
            done = await answer(bens)
            assert (done["senderType"], done["senderUserId"], done["content"]) == ("bot", None, ANSWER)
            assert done["citations"] == []
            assert await answer(anas) == done
        assert bens.seqs(room) == [1, 2, 3, 4, 5]
    assert [shown.prompt for shown in server.model.shown] == ["회의는 언제야?", "그런데 회의는 언제야?"]
    assert [said.text for said in server.model.shown[0].talk] == ["회의는 목요일"]
    assert [message["senderType"] for message in await ana.history(room)] == ["user", "user", "bot", "user", "bot"]


async def test_a_message_that_only_names_jarvis_asks_nothing(server: Server, ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        await socket.send(room, "어제 자비스야 라고 불렀어", "one")
        await socket.send(room, "자비스야, 정말?", "two")
        await answer(socket)
    assert [shown.prompt for shown in server.model.shown] == ["정말?"]


async def test_a_question_is_accepted_and_answered_under_the_askers_id(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    async with await ana.connect(room) as anas, await ana.connect() as other, await ben.connect(room) as bens:
        await anas.say("jarvis.request", roomId=room, prompt=" 왜? ", requestId="mine", mode="action", isPersonal=False)
        for socket in (anas, other):
            assert (await socket.expect("jarvis.accepted")).payload == {"requestId": "mine", "roomId": room}
        assert await answer(bens, requestId="mine") == await answer(anas, requestId="mine")
        assert bens.told("jarvis.accepted") == []
    [shown] = server.model.shown
    assert (shown.prompt, shown.mode.value, shown.asker, shown.room_title) == ("왜?", "action", "Ana", "Room")


async def test_the_same_request_twice_is_one_question(ana: Person, room: str) -> None:
    async with await ana.connect(room) as first, await ana.connect(room) as second:
        for socket in (first, second, first):
            await socket.say("jarvis.request", roomId=room, prompt="왜?", requestId="mine")
        await first.say("jarvis.request", roomId=room, prompt="다음?", requestId="next")
        await answer(first, requestId="next")
        assert len(first.told("bot.done")) == 2
        assert first.told("error") == second.told("error") == []


async def test_the_installed_clients_double_question_is_one(server: Server, ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        for number, text in enumerate(("자비스야 점심은 뭐야?", "근데 자비스야 궁금하다 점심은 뭐야?")):
            await socket.say("message.send", roomId=room, content=text, clientTempId=f"local:{number}")
            await socket.say("jarvis.request", roomId=room, prompt=INSTRUCTION + text, isPersonal=False, mode="chat")
            await answer(socket)
        await socket.say("jarvis.request", roomId=room, prompt="끝?", requestId="last")
        await answer(socket, requestId="last")
        assert len(socket.told("bot.done")) == 3
    assert [shown.prompt for shown in server.model.shown] == ["점심은 뭐야?", "근데 점심은 뭐야?", "끝?"]


async def test_another_question_after_a_message_is_one_of_its_own(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.send(room, "자비스야 점심은?", "one")
        await anas.say("jarvis.request", roomId=room, prompt=INSTRUCTION + "저녁은?")
        await anas.settled()
        await bens.say("jarvis.request", roomId=room, prompt=INSTRUCTION + "점심은?")
        for _ in range(3):
            await answer(bens)
    assert [shown.prompt for shown in server.model.shown] == [
        "점심은?",
        f"{INSTRUCTION}저녁은?",
        f"{INSTRUCTION}점심은?",
    ]


async def test_a_personal_answer_goes_to_all_sockets_of_the_asker_and_nobody_else(
    ana: Person, ben: Person, room: str
) -> None:
    async with await ana.connect(room) as asking, await ana.connect() as other, await ben.connect(room) as bens:
        await asking.say("jarvis.request", roomId=room, prompt="나만?", isPersonal=True, requestId="mine")
        for socket in (asking, other):
            done = await socket.expect("bot.personal.done")
            assert done.payload == {"requestId": "mine", "content": ANSWER, "citations": []}
            pieces = socket.told("bot.personal.stream", requestId="mine")
            assert [(piece["index"], piece["chunk"]) for piece in pieces] == [(0, ""), (1, "하나 "), (2, "둘")]
        await bens.settled()
        assert bens.types == ["room.joined"]
        assert (await bens.join(room, since=0))["seq"] == 0
    assert await ben.history(room) == []


async def test_public_answers_follow_one_another_and_personal_ones_do_not_wait(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    other = await ana.open_room()
    async with await ana.connect(room, other) as anas, await ben.connect(room) as bens:
        server.model.gate.clear()
        for number in range(3):
            await (anas, bens)[number % 2].say(
                "jarvis.request", roomId=room, prompt=f"{number}?", requestId=f"{number}"
            )
            await (anas, bens)[number % 2].expect("jarvis.accepted")
        await anas.say("jarvis.request", roomId=room, prompt="나만?", isPersonal=True, requestId="personal")
        await anas.say("jarvis.request", roomId=other, prompt="여기는?", requestId="elsewhere")
        await anas.expect("bot.personal.stream", index=0)
        await anas.expect("bot.stream", requestId="elsewhere", index=0)
        assert [event["requestId"] for event in anas.told("bot.stream", roomId=room)] == ["0"]
        server.model.gate.set()
        for number in range(3):
            await answer(bens, requestId=str(number))
        heard = [event["requestId"] for event in bens.seen if event.type in {"bot.stream", "bot.done"}]
        assert heard == ["0"] * 4 + ["1"] * 4 + ["2"] * 4


async def test_who_comes_in_the_middle_is_told_what_was_said_so_far_once(
    open_server: OpenServer,
) -> None:
    server = await open_server(ScriptedModel("하나 ", "둘 ", "셋", hold_after=2))
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as early, await ana.connect() as late:
        await early.send(room, "자비스야, 세어 봐", "one")
        await early.expect("bot.stream", index=2)
        await late.join(room)
        caught_up = await late.expect("bot.stream")
        assert (caught_up["chunk"], caught_up["index"], caught_up["roomId"]) == ("하나 둘 ", 2, room)
        assert late.types == ["room.joined", "bot.stream"]
        for socket in (early, late):
            await socket.join(room)
            await socket.join(room, since=0)
            await socket.settled()
        server.model.gate.set()
        done = await late.expect("bot.done")
        assert stream(late, done["requestId"]) == [(2, "하나 둘 "), (3, "셋")]
        assert await answer(early) == done
    async with await ana.connect(room) as afterwards:
        await afterwards.settled()
        assert afterwards.types == ["room.joined"]


async def test_an_answer_that_fails_is_told_to_the_room_and_the_next_one_comes(open_server: OpenServer) -> None:
    server = await open_server(ScriptedModel("하나 ", ModelFailed()))
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        await anas.say("jarvis.request", roomId=room, prompt="왜?", requestId="fails")
        for socket in (anas, bens):
            failed = await socket.expect("bot.failed")
            assert (failed["requestId"], failed["roomId"], failed["code"]) == ("fails", room, "MODEL_FAILED")
            assert failed["message"]
            assert await socket.refused(roomId=room) == "MODEL_FAILED"
        async with await ben.connect(room) as late:
            await late.settled()
            assert late.types == ["room.joined"], "nothing is left of it"
        server.model.pieces = ("둘",)
        await bens.say("jarvis.request", roomId=room, prompt="다시?", requestId="works")
        assert (await answer(anas, requestId="works"))["content"] == "둘"
    assert [message["content"] for message in await ana.history(room)] == ["둘"]


async def test_a_personal_answer_that_fails_ends_with_a_sentence(open_server: OpenServer) -> None:
    secret = "postgresql://user:hidden@host"
    server = await open_server(ScriptedModel(ValueError(secret)), JARVIS_ANSWER_ATTEMPTS=1)
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as anas, await ana.connect() as other, await ben.connect(room) as bens:
        await anas.say("jarvis.request", roomId=room, prompt="왜?", requestId="fails", isPersonal=True)
        for socket in (anas, other):
            done = await socket.expect("bot.personal.done", requestId="fails")
            assert done["content"]
            failed = await socket.expect("bot.failed", requestId="fails")
            assert secret not in str((done.payload, failed.payload))
            assert socket.told("error") == []
        await bens.settled()
        assert bens.types == ["room.joined"]


async def test_an_answer_to_a_room_that_is_gone_troubles_nobody(open_server: OpenServer) -> None:
    server = await open_server(ScriptedModel("하나", "둘", hold_after=1))
    ana = await server.person("Ana")
    room, other = await ana.open_room(), await ana.open_room()
    async with await ana.connect(room, other) as socket:
        await socket.say("jarvis.request", roomId=room, prompt="왜?", requestId="gone")
        await socket.expect("bot.stream", index=1)
        await socket.say("room.delete", roomId=room)
        await socket.expect("room.deleted")
        server.model.gate.set()
        await socket.say("jarvis.request", roomId=other, prompt="여기는?", requestId="here")
        await socket.expect("bot.stream", requestId="here", index=1)
        server.model.gate.set()
        await answer(socket, requestId="here")
        assert socket.told("bot.done", requestId="gone") == socket.told("error") == []


async def test_jarvis_is_asked_by_members_alone(server: Server, cho: Person, room: str) -> None:
    async with await cho.connect() as socket:
        for room_id in (room, UNKNOWN_ID):
            for personal in (True, False):
                await socket.say("jarvis.request", roomId=room_id, prompt="왜?", isPersonal=personal)
                assert await socket.refused(roomId=room_id) == "FORBIDDEN"
    assert server.model.shown == []


@pytest.mark.parametrize("unset", [{}, {"messageId": None, "requestId": None, "mode": None, "isPersonal": None}])
async def test_what_is_not_said_of_a_question_is_public_chat(
    server: Server, ana: Person, room: str, unset: dict[str, None]
) -> None:
    async with await ana.connect(room) as socket:
        await socket.say("jarvis.request", roomId=room, prompt="왜?", **unset)
        accepted = await socket.expect("jarvis.accepted")
        await answer(socket, requestId=accepted["requestId"])
    assert server.model.shown[0].mode.value == "chat"


async def test_a_question_that_is_too_long_or_empty_is_refused(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_PROMPT_BYTES=1024)
    ana = await server.person("Ana")
    room = await ana.open_room()
    async with await ana.connect(room) as socket:
        for prompt in ("", " \n", "말" * 342, "nul\x00"):
            await socket.say("jarvis.request", roomId=room, prompt=prompt)
            assert await socket.refused(roomId=room) == "BAD_MESSAGE"
        await socket.say("jarvis.request", roomId=room, prompt="x" * 1024)
        await answer(socket)
    assert len(server.model.shown) == 1
