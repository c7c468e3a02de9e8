"""Where one is spoken to, by REST."""

import pytest

from tests.adapters.http.house import House, actor


async def test_mentions_are_listed_newest_first_by_the_page(house: House) -> None:
    ana, anas = await house.person("Ana")
    _, ben = await house.person("Ben")
    room_id = await house.room(ben, anas)
    said = [str(await house.say(ben, room_id, text)) for text in ("@Ana는 1", "2", "@room 3", "@Ana @room 4")]
    await house.say(anas, room_id, "@Ana @room")
    listed = (await house.call("GET", "/mentions", by=ana)).json
    assert [message["id"] for message in listed] == [said[3], said[2], said[0]]
    assert [message.get("mentions") for message in listed] == [[str(anas.id)], None, [str(anas.id)]]
    assert [message.get("mentionsRoom") for message in listed] == [True, True, None]
    page = await house.call("GET", f"/mentions?take=1&beforeId={said[3]}", by=ana)
    assert [message["id"] for message in page.json] == [said[2]]
    assert (await house.call("GET", "/mentions?beforeId=local:1", by=ana)).json == []
    history = (await house.call("GET", f"/rooms/{room_id}/messages", by=ana)).json
    assert history[0] == listed[2]


async def test_only_what_one_may_read_is_listed(house: House) -> None:
    ana, anas = await house.person("Ana")
    stranger, _ = await house.person("Stranger")
    _, ben = await house.person("Ben")
    room_id = await house.room(ben, anas)
    await house.say(ben, room_id, "@Ana @Stranger secret")
    assert (await house.call("GET", "/mentions", by=stranger)).json == []
    assert len((await house.call("GET", "/mentions", by=ana)).json) == 1
    await house.rooms.leave(actor(anas), room_id)
    assert (await house.call("GET", "/mentions", by=ana)).json == []


@pytest.mark.parametrize("take", ["x", "1.5"])
async def test_a_bad_page_is_refused(house: House, take: str) -> None:
    token, _ = await house.person("Ana")
    assert (await house.call("GET", f"/mentions?take={take}", by=token)).outcome == (400, "VALIDATION_FAILED")
