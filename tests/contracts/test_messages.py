"""Messages one by one and by the page, as every store keeps them."""

import pytest

from domain.errors import NotFound
from domain.events import AnswerPosted
from domain.ids import MessageId, RoomId
from domain.messages import DELETED_TEXT, Message, SenderType
from domain.users import Actor
from tests.contracts.stores import Stores


async def _say_many(stores: Stores, room: RoomId, sender: Actor, count: int) -> list[MessageId]:
    posted = [stores.say(room, sender, f"message {number}") for number in range(count)]
    return [(await one).message_id for one in posted]


async def test_a_message_comes_back_as_sent(stores: Stores, ana: Actor, room: RoomId) -> None:
    new = stores.new_message(room, ana, "안녕", "temp-1")
    posted = await stores.message_log.append(new)
    expected = Message(
        id=new.id,
        room_id=room,
        seq=posted.seq,
        sender_type=SenderType.USER,
        sender_id=ana.id,
        content="안녕",
        created_at=new.created_at,
        client_temp_id="temp-1",
    )
    assert await stores.page(room) == [expected]
    async with stores.work() as work:
        assert await work.messages.lock(room, new.id) == expected


@pytest.mark.parametrize(
    "text",
    [
        "끝에 빈칸  \t",
        "  leading",
        "line\r\nline\nline\r\r\n",
        "👩‍👩‍👧‍👦 🏳️‍🌈 \U0010ffff",
        "e\u0301 \u1112\u1161\u11ab 한",
        "\u200f\u202e rtl \u2028 \ufeff",
        "' \" \\ % $1 {} \\x00 \\N",
        "x" * 100_000,
    ],
    ids=["trailing", "leading", "line ends", "emoji", "decomposed", "direction", "quoting", "long"],
)
async def test_text_is_kept_to_the_character(stores: Stores, ana: Actor, room: RoomId, text: str) -> None:
    posted = await stores.say(room, ana, text, "t" + text[:50])
    (message,) = await stores.page(room)
    assert message.content == text
    assert message.client_temp_id == "t" + text[:50]
    assert await stores.edit(room, posted.message_id, ana, text + text) == (await stores.page(room))[0]


async def test_an_answer_comes_back_as_added(stores: Stores, ana: Actor, room: RoomId) -> None:
    request = stores.a_request(room, ana)
    await stores.ask(request)
    answer = Message(
        MessageId(stores.ids.new()),
        room,
        1,
        SenderType.BOT,
        None,
        "네.",
        stores.clock.now(),
        request_id=request.id,
    )
    async with stores.work() as work:
        await work.messages.add(answer)
        work.record(AnswerPosted(room, answer, request.public_id))
    assert await stores.page(room) == [answer]


async def test_an_edited_and_a_deleted_message_come_back_as_replaced(stores: Stores, ana: Actor, room: RoomId) -> None:
    one, two = await _say_many(stores, room, ana, 2)
    stores.clock.advance(1)
    edited = await stores.edit(room, one, ana, "anders")
    deleted = await stores.delete(room, two, ana)
    assert await stores.page(room) == [edited, deleted]
    assert (edited.content, edited.edited_at) == ("anders", stores.clock.now())
    assert (deleted.content, deleted.deleted_at, deleted.deleted_by) == (DELETED_TEXT, stores.clock.now(), ana.id)


async def test_a_message_is_found_only_in_its_own_room(stores: Stores, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    (said,) = await _say_many(stores, room, ana, 1)
    for where, what in ((other, said), (room, MessageId(stores.ids.new())), (RoomId(stores.ids.new()), said)):
        with pytest.raises(NotFound):
            async with stores.work() as work:
                await work.messages.lock(where, what)


async def test_pages_join_without_gap_or_overlap(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    said = await _say_many(stores, room, ana, 4)
    await stores.rooms.rename(ana, room, "events that are no messages take a seq too")
    said += await _say_many(stores, room, ben, 3)
    assert [message.id for message in await stores.page(room, take=3)] == said[4:]
    assert [message.id for message in await stores.page(room, said[4], take=3)] == said[1:4]
    assert [message.id for message in await stores.page(room, said[1], take=3)] == said[:1]
    assert await stores.page(room, said[0], take=3) == []
    assert [message.id for message in await stores.page(room, take=200)] == said


async def test_a_deleted_message_still_marks_where_a_page_ends(stores: Stores, ana: Actor, room: RoomId) -> None:
    one, two, _ = await _say_many(stores, room, ana, 3)
    await stores.delete(room, two, ana)
    assert [message.id for message in await stores.page(room, two)] == [one]


async def test_a_page_before_what_is_no_message_of_the_room_is_empty(stores: Stores, ana: Actor, room: RoomId) -> None:
    other = await stores.room(ana)
    await _say_many(stores, room, ana, 2)
    (elsewhere,) = await _say_many(stores, other, ana, 1)
    assert await stores.page(room, elsewhere) == []
    assert await stores.page(room, MessageId(stores.ids.new())) == []


async def test_a_room_in_which_nothing_was_said_has_an_empty_page(stores: Stores, room: RoomId) -> None:
    assert await stores.page(room) == []
    assert await stores.page(RoomId(stores.ids.new())) == []
