"""Idea cards as clients see them."""

import asyncio

from tests.end_to_end.client import Person
from tests.end_to_end.conftest import Server


async def test_everybody_in_the_room_hears_of_cards_in_the_order_of_the_room(
    server: Server, ana: Person, ben: Person, cho: Person, room: str
) -> None:
    async with await ana.connect(room) as talking, await ben.connect(room) as reading:
        said = await talking.send(room, "결제가 자꾸 느려져요")
        card = await ben.post(f"/rooms/{room}/cards", {"sourceMessageId": said["id"]})
        added = await talking.expect("card.added", id=card["id"])
        assert (added.payload, added.seq) == (card, 2)
        changed = (await ben.call("PATCH", f"/rooms/{room}/cards/{card['id']}", {"graph": {"systems": ["PG"]}})).body
        assert (await talking.expect("card.updated", id=card["id"])).payload == changed
        await ana.call("DELETE", f"/rooms/{room}/cards/{card['id']}")
        removed = await reading.expect("card.removed")
        assert (removed.payload, removed.seq) == ({"roomId": room, "cardId": card["id"]}, 4)
    await ana.invite(room, cho)
    async with await cho.connect() as late:
        await late.join(room, since=0)
        replayed = await late.expect("card.added")
        assert (replayed["title"], replayed["content"]["problem"], "removedAt" in replayed.payload) == ("", "", True)
        assert [event.type for event in late.seen if event.seq][:4] == [
            "message.new",
            "card.added",
            "card.updated",
            "card.removed",
        ]


async def test_a_deleted_message_says_nothing_any_more_on_its_card(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as talking:
        said = await talking.send(room, "비밀번호는 1234")
        card = await ben.post(f"/rooms/{room}/cards", {"sourceMessageId": said["id"]})
        await talking.say("message.delete", roomId=room, messageId=said["id"])
        updated = await talking.expect("card.updated", id=card["id"])
    assert updated["title"] == updated["content"]["problem"] == "(삭제된 메시지)"
    assert await ben.get(f"/rooms/{room}/cards") == [updated.payload]
    async with await ben.connect() as late:
        await late.join(room, since=0)
        assert "1234" not in str(late.seen)


async def test_however_many_make_a_card_of_a_message_there_is_one(ana: Person, ben: Person, room: str) -> None:
    async with await ana.connect(room) as talking:
        said = await talking.send(room, "결제가 자꾸 느려져요")
        made = await asyncio.gather(
            *(who.post(f"/rooms/{room}/cards", {"sourceMessageId": said["id"]}) for who in (ana, ben) * 5)
        )
        assert len({card["id"] for card in made}) == 1
        await talking.send(room, "끝")
        assert len(talking.told("card.added")) == 1
