"""A script needs no socket: what the socket can do, REST can do, and listeners see no difference."""

import asyncio
from typing import Any

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Answer, Person
from tests.end_to_end.conftest import OpenServer
from tests.models import ScriptedModel


async def keyed(person: Person, path: str, body: object, key: str) -> Answer:
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": key}
    async with person.session.post(f"{person.url}{path}", json=body, headers=headers) as response:
        return Answer(response.status, await response.json())


async def test_a_message_is_sent_edited_and_deleted(ana: Person, ben: Person, room: str) -> None:
    path = f"/rooms/{room}/messages"
    async with await ben.connect(room) as bens:
        sent = await ana.post(path, {"content": " 안녕 ", "clientTempId": "one"})
        assert (await bens.expect("message.new")).payload == sent
        assert (sent["content"], sent["seq"], sent["clientTempId"]) == (" 안녕 ", 1, "one")
        edited = (await ana.call("PATCH", f"{path}/{sent['id']}", {"content": "잘 가"})).body
        assert (await bens.expect("message.updated")).payload == edited
        assert await ben.get(f"{path}/{sent['id']}") == edited
        assert (await ana.call("DELETE", f"{path}/{sent['id']}")).body == {"ok": True}
        await bens.expect("message.deleted", messageId=sent["id"])
        assert (await ana.call("DELETE", f"{path}/{sent['id']}")).body == {"ok": True}
        refused = await ana.call("PATCH", f"{path}/{sent['id']}", {"content": "back"})
        assert (refused.status, refused.error) == (409, "ALREADY_DELETED")
        await bens.settled()
        assert bens.seqs(room) == [1, 2, 3]
    assert [message["content"] for message in await ana.history(room)] == ["(삭제된 메시지)"]


async def test_the_same_key_is_one_message(ana: Person, ben: Person, room: str) -> None:
    path = f"/rooms/{room}/messages"
    answers = await asyncio.gather(*(keyed(ana, path, {"content": "once"}, "key-1") for _ in range(8)))
    assert {answer.status for answer in answers} == {200}
    [sent] = {answer.body["id"] for answer in answers}
    async with await ana.connect(room) as anas:
        await anas.say("message.send", roomId=room, content="once", clientTempId="key-1")
        assert (await anas.expect("message.ack"))["messageId"] == sent, "the header is the clientTempId"
        await anas.say("message.send", roomId=room, content="socket", clientTempId="temp")
        ack = await anas.expect("message.ack")
    assert (await keyed(ana, path, {"content": "socket"}, "temp")).body["id"] == ack["messageId"]
    other = await keyed(ana, path, {"content": "other"}, "key-1")
    assert (other.status, other.error) == (409, "CLIENT_TEMP_ID_REUSED")
    assert (await keyed(ben, path, {"content": "once"}, "key-1")).body["id"] != sent, "keys are each person's own"
    same = await keyed(ana, path, {"content": "once", "clientTempId": "key-1"}, "key-1")
    assert same.body["id"] == sent
    differs = await keyed(ana, path, {"content": "once", "clientTempId": "key-2"}, "key-1")
    assert (differs.status, differs.error) == (400, "VALIDATION_FAILED")
    assert [message["content"] for message in await ana.history(room)] == ["once", "socket", "once"]


async def test_a_message_may_answer_another(ana: Person, ben: Person, room: str) -> None:
    path = f"/rooms/{room}/messages"
    first = await ana.post(path, {"content": "when?"})
    reply = await ben.post(path, {"content": "now", "replyToId": first["id"]})
    assert reply["replyToId"] == first["id"]
    missing = await ben.call("POST", path, {"content": "now", "replyToId": UNKNOWN_ID})
    assert (missing.status, missing.error) == (404, "NOT_FOUND")


async def test_only_the_author_changes_a_message(ana: Person, ben: Person, room: str) -> None:
    path = f"/rooms/{room}/messages"
    sent = await ana.post(path, {"content": "mine"})
    for method, body in (("PATCH", {"content": "yours"}), ("DELETE", None)):
        refused = await ben.call(method, f"{path}/{sent['id']}", body)
        assert (refused.status, refused.error) == (403, "FORBIDDEN")
        missing = await ben.call(method, f"{path}/{UNKNOWN_ID}", body)
        assert (missing.status, missing.error) == (404, "NOT_FOUND")
        bad = await ben.call(method, f"{path}/local:1", body)
        assert (bad.status, bad.error) == (400, "VALIDATION_FAILED")
    assert [message["content"] for message in await ana.history(room)] == ["mine"]


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": " \n"}, {"content": 1}, {"content": "\x00"}, []])
async def test_what_cannot_be_said_is_refused(ana: Person, room: str, body: object) -> None:
    refused = await ana.call("POST", f"/rooms/{room}/messages", body)
    assert (refused.status, refused.error) == (400, "VALIDATION_FAILED")
    assert await ana.history(room) == []


async def test_a_message_too_long_is_refused(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_MESSAGE_BYTES=1024)
    ana = await server.person("Ana")
    room = await ana.open_room()
    refused = await ana.call("POST", f"/rooms/{room}/messages", {"content": "x" * 1025})
    assert (refused.status, refused.error) == (413, "MESSAGE_TOO_LONG")


async def test_a_room_is_shown_renamed_left_and_deleted(ana: Person, ben: Person, room: str) -> None:
    async with await ben.connect(room) as bens, await ana.connect(room) as anas:
        shown = await ben.get(f"/rooms/{room}")
        assert [shown] == await ben.get("/rooms")
        renamed = (await ana.call("PATCH", f"/rooms/{room}", {"title": " 새 이름 "})).body
        assert renamed["title"] == "새 이름"
        await bens.expect("room.updated", title="새 이름")
        refused = await ben.call("PATCH", f"/rooms/{room}", {"title": "mine"})
        assert (refused.status, refused.error) == (403, "OWNER_ONLY")
        assert (await ben.call("DELETE", f"/rooms/{room}")).error == "OWNER_ONLY"
        assert (await ana.call("POST", f"/rooms/{room}/leave")).error == "OWNER_CANNOT_LEAVE"
        assert await ben.post(f"/rooms/{room}/leave") == {"ok": True}
        await bens.expect("room.left")
        await anas.expect("room.member.removed", userId=ben.id)
        assert (await ana.call("DELETE", f"/rooms/{room}")).body == {"ok": True}
        await anas.expect("room.deleted")
    assert (await ana.call("GET", f"/rooms/{room}")).error == "FORBIDDEN"


async def test_who_is_no_member_can_do_none_of_it(ana: Person, cho: Person, room: str) -> None:
    sent = await ana.post(f"/rooms/{room}/messages", {"content": "mine"})
    for where in (room, UNKNOWN_ID):
        calls: list[tuple[str, str, Any]] = [
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("DELETE", "", None),
            ("POST", "/leave", None),
            ("POST", "/messages", {"content": "x"}),
            ("GET", f"/messages/{sent['id']}", None),
            ("PATCH", f"/messages/{sent['id']}", {"content": "x"}),
            ("DELETE", f"/messages/{sent['id']}", None),
            ("POST", "/jarvis", {"prompt": "?"}),
        ]
        for method, path, body in calls:
            refused = await cho.call(method, f"/rooms/{where}{path}", body)
            assert (refused.status, refused.error) == (403, "FORBIDDEN"), (method, path)
    assert [message["content"] for message in await ana.history(room)] == ["mine"]


async def test_jarvis_is_asked_and_answers_in_the_room(ana: Person, ben: Person, room: str) -> None:
    async with await ben.connect(room) as bens:
        asked = await keyed(ana, f"/rooms/{room}/jarvis", {"prompt": "언제?"}, "question-1")
        assert asked.body == {"accepted": True, "requestId": "question-1"}
        assert (await bens.expect("bot.done"))["requestId"] == "question-1"
        again = await keyed(ana, f"/rooms/{room}/jarvis", {"prompt": "언제?"}, "question-1")
        assert again.body == {"accepted": False, "requestId": "question-1"}
        unnamed = await ana.post(f"/rooms/{room}/jarvis", {"prompt": "어디?", "mode": "action"})
        assert (await bens.expect("bot.done"))["requestId"] == unnamed["requestId"]
        refused = await ana.call("POST", f"/rooms/{room}/jarvis", {"prompt": " "})
        assert (refused.status, refused.error) == (400, "VALIDATION_FAILED")
        await bens.settled()
        assert len(bens.told("bot.done")) == 2


async def test_a_personal_question_is_answered_to_the_asker_alone(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as anas, await ben.connect(room) as bens:
        asked = await ana.post(f"/rooms/{room}/jarvis", {"prompt": "언제?", "isPersonal": True})
        await anas.expect("bot.personal.done", requestId=asked["requestId"])
        await bens.settled()
        assert bens.types == ["room.joined"]


async def test_a_message_that_calls_jarvis_asks_him(ana: Person, ben: Person, room: str) -> None:
    async with await ben.connect(room) as bens:
        await ana.post(f"/rooms/{room}/messages", {"content": "자비스야, 언제?"})
        await bens.expect("bot.done")


async def test_sends_come_out_of_the_same_bucket_as_those_of_the_socket(open_server: OpenServer) -> None:
    server = await open_server(ScriptedModel(), JARVIS_RATE_SENDS="10/0.001", JARVIS_RATE_QUESTIONS="2/0.001")
    ana, ben = await server.person("Ana"), await server.person("Ben")
    room = await ana.open_room(ben)
    async with await ana.connect(room) as anas:
        for number in range(4):
            await anas.send(room, str(number), str(number))
        answers = [await ana.call("POST", f"/rooms/{room}/messages", {"content": "x"}) for _ in range(8)]
        assert [answer.status for answer in answers] == [200] * 6 + [429] * 2
        assert answers[-1].error == "RATE_LIMITED"
        await anas.say("message.send", roomId=room, content="x", clientTempId="late")
        assert await anas.refused(clientTempId="late") == "RATE_LIMITED"
    assert (await ben.call("POST", f"/rooms/{room}/messages", {"content": "x"})).status == 200
    asked = [await ben.call("POST", f"/rooms/{room}/jarvis", {"prompt": "?"}) for _ in range(3)]
    assert [answer.status for answer in asked] == [200, 200, 429]
    refused = await ben.call("POST", f"/rooms/{room}/messages", {"content": "자비스야, 언제?"})
    assert refused.status == 429, "a message that calls Jarvis is a question too"
