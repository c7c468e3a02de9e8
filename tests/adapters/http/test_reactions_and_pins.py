"""Reactions, pins and threads by REST."""

from typing import Any
from urllib.parse import quote

import pytest

from domain.events import PinChanged, ReactionsChanged
from tests.adapters.http.house import House, actor

UNKNOWN = "019c0000-0000-7000-8000-000000000000"


async def test_reactions_are_added_and_taken_back(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    said = await house.say(user, room_id, "점심?")
    path = f"/rooms/{room_id}/messages/{said}/reactions"
    heart = {"emoji": "❤️", "count": 1, "userIds": [str(user.id)]}
    for text in ("❤", "❤️"):
        assert (await house.call("POST", path, by=token, json={"emoji": text})).json == {
            "ok": True,
            "reactions": [heart],
        }
    (message,) = (await house.call("GET", f"/rooms/{room_id}/messages", by=token)).json
    assert message["reactions"] == [heart]
    for text in ("❤", "#️⃣"):
        answer = await house.call("DELETE", f"{path}/{quote(text)}", by=token)
        assert answer.json == {"ok": True, "reactions": []}
    (message,) = (await house.call("GET", f"/rooms/{room_id}/messages", by=token)).json
    assert "reactions" not in message
    assert len(house.recorder.of(ReactionsChanged)) == 2


async def test_pins_are_set_listed_and_taken_away(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    said = [await house.say(user, room_id, str(number)) for number in range(3)]
    path = f"/rooms/{room_id}/pins"
    for message_id in (said[2], said[0], said[2]):
        pinned = await house.call("POST", path, by=token, json={"messageId": str(message_id)})
        assert pinned.json["id"] == str(message_id)
        assert pinned.json["pinnedByUserId"] == str(user.id)
        house.clock.advance(1)
    shown = (await house.call("GET", path, by=token)).json
    assert [message["id"] for message in shown] == [str(said[0]), str(said[2])]
    for _ in range(2):
        assert (await house.call("DELETE", f"{path}/{said[0]}", by=token)).json == {"ok": True}
    assert [message["id"] for message in (await house.call("GET", path, by=token)).json] == [str(said[2])]
    assert [event.pin is None for event in house.recorder.of(PinChanged)] == [False, False, True]


async def test_a_thread_comes_root_first_and_by_the_page(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    root = await house.say(user, room_id, "root")
    replies = []
    for number in range(4):
        posted = await house.messages.send(actor(user), room_id, str(number), reply_to=root)
        replies.append(str(posted.message_id))
    path = f"/rooms/{room_id}/messages"

    async def thread(of: object, query: str = "") -> list[str]:
        return [message["id"] for message in (await house.call("GET", f"{path}/{of}/thread{query}", by=token)).json]

    assert await thread(root) == await thread(replies[3]) == [str(root), *replies]
    assert await thread(root, "?take=2") == [str(root), *replies[2:]]
    assert await thread(root, f"?take=2&beforeId={replies[2]}") == [str(root), *replies[:2]]
    assert await thread(root, "?beforeId=local:1") == [str(root)]
    shown = (await house.call("GET", f"{path}/{root}/thread", by=token)).json
    assert shown == (await house.call("GET", path, by=token)).json
    assert (shown[0]["replyCount"], shown[0]["lastReplySeq"]) == (4, 5)
    assert (shown[1]["replyToId"], shown[1]["threadId"]) == (str(root), str(root))


@pytest.mark.parametrize(
    ("method", "path", "body", "outcome"),
    [
        ("GET", "messages/x/thread", None, (400, "VALIDATION_FAILED")),
        ("GET", f"messages/{UNKNOWN}/thread", None, (404, "NOT_FOUND")),
        ("GET", "messages/{said}/thread?take=x", None, (400, "VALIDATION_FAILED")),
        ("POST", "messages/x/reactions", {"emoji": "👍"}, (400, "VALIDATION_FAILED")),
        ("POST", f"messages/{UNKNOWN}/reactions", {"emoji": "👍"}, (404, "NOT_FOUND")),
        ("POST", "messages/{said}/reactions", {}, (400, "VALIDATION_FAILED")),
        ("POST", "messages/{said}/reactions", {"emoji": 1}, (400, "VALIDATION_FAILED")),
        ("POST", "messages/{said}/reactions", {"emoji": "ok"}, (400, "VALIDATION_FAILED")),
        ("POST", "messages/{gone}/reactions", {"emoji": "👍"}, (409, "ALREADY_DELETED")),
        ("DELETE", "messages/{said}/reactions/ok", None, (400, "VALIDATION_FAILED")),
        ("POST", "pins", {}, (400, "VALIDATION_FAILED")),
        ("POST", "pins", {"messageId": "x"}, (400, "VALIDATION_FAILED")),
        ("POST", "pins", {"messageId": 7}, (400, "VALIDATION_FAILED")),
        ("POST", "pins", {"messageId": UNKNOWN}, (404, "NOT_FOUND")),
        ("POST", "pins", {"messageId": "{gone}"}, (409, "ALREADY_DELETED")),
        ("DELETE", "pins/x", None, (400, "VALIDATION_FAILED")),
        ("DELETE", f"pins/{UNKNOWN}", None, (404, "NOT_FOUND")),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(
    house: House, method: str, path: str, body: dict[str, Any] | None, outcome: tuple[int, str]
) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    said, gone = await house.say(user, room_id, "said"), await house.say(user, room_id, "gone")
    await house.messages.delete(actor(user), room_id, gone)
    sent = {name: value.format(gone=gone) if isinstance(value, str) else value for name, value in (body or {}).items()}
    before = house.kept()
    address = f"/rooms/{room_id}/{path.format(said=said, gone=gone)}"
    answer = await house.call(method, address, by=token, json=sent if body is not None else None)
    assert answer.outcome == outcome
    assert house.kept() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "messages/{said}/thread", None),
        ("POST", "messages/{said}/reactions", {"emoji": "👍"}),
        ("DELETE", "messages/{said}/reactions/👍", None),
        ("GET", "pins", None),
        ("POST", "pins", {"messageId": UNKNOWN}),
        ("DELETE", "pins/{said}", None),
    ],
)
async def test_outsiders_are_refused_alike_whether_or_not_the_room_exists(
    house: House, method: str, path: str, body: dict[str, Any] | None
) -> None:
    _, user = await house.person("user")
    stranger, _ = await house.person("stranger")
    room_id = await house.room(user)
    said = await house.say(user, room_id, "said")
    before = house.kept()
    for room in (room_id, UNKNOWN):
        answer = await house.call(method, f"/rooms/{room}/{path.format(said=said)}", by=stranger, json=body)
        assert answer.outcome == (403, "FORBIDDEN")
    answer = await house.call(method, f"/rooms/x/{path.format(said=said)}", by=stranger, json=body)
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert house.kept() == before
