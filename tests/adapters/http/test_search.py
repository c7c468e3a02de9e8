"""Finding what was said."""

from urllib.parse import quote

import pytest

from tests.adapters.http.house import House, actor


async def test_what_is_found_has_the_shape_of_the_contract(house: House) -> None:
    token, user = await house.person("user")
    room_id = await house.room(user)
    await house.messages.send(actor(user), room_id, "🎉 배포 완료", "temp-1")
    await house.say(user, room_id, "딴 이야기")
    answer = await house.call("GET", f"/search?q={quote('배포')}&mode=text", by=token)
    (item,) = answer.json["items"]
    assert set(answer.json) == {"items"}
    assert set(item) == {"message", "roomId", "score", "highlights"}
    (message, _) = (await house.call("GET", f"/rooms/{room_id}/messages", by=token)).json
    assert item["message"] == message
    assert item["roomId"] == str(room_id)
    assert 0 < item["score"] <= 1
    assert item["highlights"] == [[3, 5]]


async def test_a_room_may_be_named_and_others_are_not_looked_into(house: House) -> None:
    token, user = await house.person("user")
    other_token, other = await house.person("other")
    here, there = await house.room(user, other), await house.room(user)
    await house.say(user, here, "예산 하나")
    await house.say(user, there, "예산 둘")

    async def found(by: str, query: str) -> list[str]:
        answer = await house.call("GET", f"/search?q={quote('예산')}{query}", by=by)
        return sorted(item["message"]["content"] for item in answer.json["items"])

    assert await found(token, "") == ["예산 둘", "예산 하나"]
    assert await found(token, "&roomId=") == ["예산 둘", "예산 하나"]
    assert await found(token, f"&roomId={there}") == ["예산 둘"]
    assert await found(token, "&take=1") == ["예산 둘"]
    assert await found(other_token, "") == ["예산 하나"]
    for room in (there, "00000000-0000-0000-0000-000000000000"):
        refused = await house.call("GET", f"/search?q=x&roomId={room}", by=other_token)
        assert refused.outcome == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "q"),
        ("?q=", "q"),
        ("?q=%20%09", "q"),
        ("?q=%00", "q"),
        ("?q=" + "x" * 1001, "q"),
        ("?q=x&mode=magic", "mode"),
        ("?q=x&mode=TEXT", "mode"),
        ("?q=x&roomId=room", "roomId"),
        ("?q=x&take=many", "take"),
    ],
)
async def test_bad_questions_are_refused(house: House, query: str, field: str) -> None:
    token, _ = await house.person("user")
    answer = await house.call("GET", f"/search{query}", by=token)
    assert answer.outcome == (400, "VALIDATION_FAILED")
    assert [detail["field"] for detail in answer.json["details"]] == [field]


async def test_a_token_is_asked_for(house: House) -> None:
    assert (await house.call("GET", "/search?q=x")).outcome == (401, "NO_TOKEN")
