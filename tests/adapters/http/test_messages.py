"""What was said."""

import pytest

from tests.adapters.http.house import House, actor


async def test_a_page_holds_the_newest_oldest_first(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    said = [str(await house.say(user, room_id, f"text {number}")) for number in range(60)]
    path = f"/rooms/{room_id}/messages"
    newest = await house.call("GET", path, by=token)
    assert [message["id"] for message in newest.json] == said[10:]
    before = await house.call("GET", f"{path}?beforeId={newest.json[0]['id']}&take=3", by=token)
    assert [message["id"] for message in before.json] == said[7:10]


async def test_a_message_has_the_shape_of_the_contract(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    content = '  <b>"안녕"\\ \u2028\r\n\t😀 '
    await house.messages.send(actor(user), room_id, content, "temp-1")
    (message,) = (await house.call("GET", f"/rooms/{room_id}/messages", by=token)).json
    assert message == {
        "id": message["id"],
        "roomId": str(room_id),
        "seq": 1,
        "senderType": "user",
        "senderUserId": str(user.id),
        "content": content,
        "createdAt": "2020-01-02T03:04:05.678Z",
        "clientTempId": "temp-1",
    }


async def test_edits_and_deletions_show(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    edited, deleted = await house.say(user, room_id, "one"), await house.say(user, room_id, "secret")
    await house.messages.edit(actor(user), room_id, edited, "ONE")
    await house.messages.delete(actor(user), room_id, deleted)
    answer = await house.call("GET", f"/rooms/{room_id}/messages", by=token)
    one, two = answer.json
    assert (one["content"], one["editedAt"]) == ("ONE", "2020-01-02T03:04:05.678Z")
    assert (two["content"], two["deletedAt"]) == ("(삭제된 메시지)", "2020-01-02T03:04:05.678Z")
    assert two["deletedByUserId"] == str(user.id)
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 50),
        ("take=1", 1),
        ("take=200", 200),
        ("take=201", 200),
        ("take=99999999999999999999999", 200),
        ("take=" + "9" * 5000, 200),
        ("take=0", 1),
        ("take=-5", 1),
        ("take=-99999999999999999999999", 1),
        ("take=%2B3", 3),
        ("take=0000003", 3),
        ("take=7&take=8", 7),
        ("beforeId=", 50),
    ],
)
async def test_the_length_of_a_page_is_brought_into_its_bounds(house: House, query: str, count: int) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    for number in range(205):
        await house.say(user, room_id, str(number))
    answer = await house.call("GET", f"/rooms/{room_id}/messages?{query}", by=token)
    assert len(answer.json) == count


@pytest.mark.parametrize("take", ["", "many", "1.5", "1e3", "0x10", "NaN", "5%00", "%ff", "٣", "1_0", "--1", "null"])
async def test_a_length_that_is_no_number_is_refused(house: House, take: str) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    answer = await house.call("GET", f"/rooms/{room_id}/messages?take={take}", by=token)
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in answer.json["details"]] == ["take"]


@pytest.mark.parametrize(
    "before", ["local:1", "sys:hello", "0", "%00", "%ff", "x" * 5000, "00000000-0000-0000-0000-000000000000"]
)
async def test_nothing_comes_before_what_is_no_message_of_the_room(house: House, before: str) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    await house.say(user, room_id, "hello")
    answer = await house.call("GET", f"/rooms/{room_id}/messages?beforeId={before}", by=token)
    assert (answer.status, answer.json) == (200, [])


async def test_nothing_comes_before_a_message_of_another_room(house: House) -> None:
    token, user = await house.person("user")
    room_id, other_id = await house.room(user), await house.room(user)
    await house.say(user, room_id, "hello")
    elsewhere = await house.say(user, other_id, "elsewhere")
    assert (await house.call("GET", f"/rooms/{room_id}/messages?beforeId={elsewhere}", by=token)).json == []
