"""Mentions, as every store keeps them."""

import asyncio

import pytest

from application.mentions import Mentioning
from application.ports.message_log import Posted
from domain.events import Mentioned, MessagePosted
from domain.ids import MessageId, RoomId
from domain.mentions import NOBODY, Mentions
from domain.messages import Message, SenderType
from domain.users import Actor
from tests.contracts.stores import Stores


@pytest.fixture
def mentioning(stores: Stores) -> Mentioning:
    return Mentioning(stores.work)


async def _contents(mentioning: Mentioning, who: Actor, **page: object) -> list[str]:
    return [message.content for message in await mentioning.of(who, **page)]  # type: ignore[arg-type]


async def test_a_mention_is_kept_told_and_listed(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "nobody@example.com")
    posted = await stores.say(room, ana, "@Ben은 어디? @olga @ana")
    plain, message = await stores.page(room)
    assert plain.mentions == NOBODY
    assert message.mentions == Mentions((ben.id, ana.id))
    assert [event.event for event in stores.recorder.logged(room)] == [
        MessagePosted(room, plain),
        MessagePosted(room, message),
    ]
    told = Mentioned((ben.id,), room, posted.message_id, posted.seq, ana.id)
    assert stores.recorder.of(Mentioned) == [told]
    assert stores.recorder.events[-1] == told
    assert await mentioning.of(ben) == [message]
    assert await mentioning.of(ana) == []
    async with stores.work() as work:
        assert await work.messages.lock(room, posted.message_id) == message


@pytest.mark.parametrize("everybody", [False, True])
async def test_what_no_person_sent_mentions_too(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId, *, everybody: bool
) -> None:
    mentions = Mentions((), room=True) if everybody else Mentions((ana.id,))
    note = Message(
        MessageId(stores.ids.new()), room, 1, SenderType.SYSTEM, None, "note", stores.clock.now(), mentions=mentions
    )
    async with stores.work() as work:
        await work.messages.add(note)
        work.record(MessagePosted(room, note))
    assert await stores.page(room) == [note]
    assert await mentioning.of(ana) == [note]
    assert await mentioning.of(ben) == ([note] if everybody else [])


async def test_everybody_but_the_sender_is_told_of_a_mention_of_the_room(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    room = await stores.room(ana, ben, outsider)
    posted = await stores.say(room, ben, "@room 점심!")
    (message,) = await stores.page(room)
    assert message.mentions == Mentions((), room=True)
    (told,) = stores.recorder.of(Mentioned)
    assert (set(told.user_ids), told.message_id, told.by) == ({ana.id, outsider.id}, posted.message_id, ben.id)
    assert await mentioning.of(ana) == await mentioning.of(outsider) == [message]
    assert await mentioning.of(ben) == []


async def test_only_members_of_that_room_are_mentioned(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    other = await stores.room(ana, outsider)
    await asyncio.gather(
        stores.say(room, ana, "@Olga @Ben one"),
        stores.say(other, ana, "@Olga @Ben two"),
        stores.say(room, ben, "plain"),
        stores.say(other, outsider, "@room three"),
    )
    assert await _contents(mentioning, outsider) == ["@Olga @Ben two"]
    assert await _contents(mentioning, ben) == ["@Olga @Ben one"]
    assert await _contents(mentioning, ana) == ["@room three"]


async def test_members_are_those_of_the_moment(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "@Olga @Ben before")
    await stores.rooms.leave(ben, room)
    stores.clock.advance(1)
    await stores.rooms.invite(ana, room, [outsider.id])
    await stores.say(room, ana, "@Olga @Ben after")
    before, after = (message for message in await stores.page(room) if message.sender_id == ana.id)
    assert before.mentions == Mentions((ben.id,))
    assert after.mentions == Mentions((outsider.id,))


async def test_a_name_is_known_as_soon_as_it_is_changed(stores: Stores, ana: Actor, ben: Actor, room: RoomId) -> None:
    await stores.say(room, ana, "@Ben")
    renamed = stores.user("Benjamin", email="ben@example.com")
    async with stores.work() as work:
        await work.users.sign_in(renamed, rename=True)
    await stores.say(room, ana, "@Benjamin")
    await stores.say(room, ana, "@Ben")
    assert [message.mentions.user_ids for message in await stores.page(room)] == [(ben.id,), (ben.id,), ()]


async def test_a_repeated_send_mentions_once(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId
) -> None:
    first = await stores.say(room, ana, "@Ben", "t1")
    again = await asyncio.gather(*(stores.say(room, ana, "@Ben", "t1") for _ in range(3)))
    assert again == [Posted(first.message_id, first.seq, repeated=True)] * 3
    assert len(stores.recorder.of(Mentioned)) == 1
    assert await _contents(mentioning, ben) == ["@Ben"]


async def test_an_edit_mentions_others_and_tells_those_who_are_new(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, outsider: Actor
) -> None:
    room = await stores.room(ana, ben, outsider)
    posted = await stores.say(room, ana, "@Ben")
    edited = await stores.messages.edit(ana, room, posted.message_id, "@Ben @Olga")
    assert edited.mentions == Mentions((ben.id, outsider.id))
    assert await stores.page(room) == [edited]
    assert stores.recorder.of(Mentioned)[1:] == [Mentioned((outsider.id,), room, posted.message_id, posted.seq, ana.id)]
    assert await mentioning.of(ben) == await mentioning.of(outsider) == [edited]
    edited = await stores.messages.edit(ana, room, posted.message_id, "@room")
    assert edited.mentions == Mentions((), room=True)
    assert len(stores.recorder.of(Mentioned)) == 2
    assert await mentioning.of(ben) == [edited]
    await stores.messages.edit(ana, room, posted.message_id, "niemand")
    assert len(stores.recorder.of(Mentioned)) == 2
    assert await mentioning.of(ben) == await mentioning.of(outsider) == []


async def test_what_is_deleted_mentions_nobody(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId
) -> None:
    for text in ("@Ben", "@room"):
        posted = await stores.say(room, ana, text)
        await stores.delete(room, posted.message_id, ana)
    assert await mentioning.of(ben) == []
    assert [message.mentions for message in await stores.page(room)] == [NOBODY] * 2


async def test_who_leaves_sees_no_mentions_of_the_room_and_who_comes_none_from_before(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, outsider: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "@room @Ben early")
    stores.clock.advance(1)
    await stores.rooms.invite(ana, room, [outsider.id])
    assert await _contents(mentioning, outsider) == []
    await stores.say(room, ana, "@room late")
    assert await _contents(mentioning, outsider) == ["@room late"]
    assert await _contents(mentioning, ben) == ["@room late", "@room @Ben early"]
    await stores.rooms.leave(ben, room)
    assert await _contents(mentioning, ben) == []


async def test_mentions_come_by_the_page_newest_first_across_rooms(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ana, ben)
    said: list[MessageId] = []
    for number in range(9):
        text = ("@Ben", "@room", "@room @Ben")[number % 3]
        said.append((await stores.say(other if number % 2 else room, ana, f"{text} {number}")).message_id)
        await stores.say(room, ben, f"@Ben @room {number}")
    newest = [message.id for message in await mentioning.of(ben)]
    assert newest == said[::-1]
    assert [message.id for message in await mentioning.of(ben, take=4)] == newest[:4]
    assert [message.id for message in await mentioning.of(ben, take=3, before=newest[3])] == newest[4:7]
    assert await mentioning.of(ben, before=newest[-1]) == []
    assert await mentioning.of(ben, before=MessageId(stores.ids.new())) == []


async def test_a_deleted_room_takes_its_mentions_along(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId
) -> None:
    await stores.say(room, ana, "@Ben @room")
    other = await stores.room(ana, ben)
    await stores.say(other, ana, "@Ben stays")
    await stores.rooms.delete(ana, room)
    assert await _contents(mentioning, ben) == ["@Ben stays"]


async def test_replies_files_questions_and_mentions_go_together(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    root = await stores.say(room, ana, "root")
    request = stores.a_request(room, ana)
    file = await stores.a_file(ana, "x")
    new = stores.new_message(
        room, ana, "자비스야 @Ben 어디?", "t1", request, reply_to=root.message_id, attachments=(file,)
    )
    new = new._replace(request=request)
    await asyncio.gather(stores.message_log.append(new), stores.say(room, ben, "beside"))
    _, message, beside = await stores.page(room)
    assert (message.thread_id, message.attachments, message.mentions) == (root.message_id, (file,), Mentions((ben.id,)))
    assert (beside.thread_id, beside.attachments, beside.mentions) == (None, (), NOBODY)
    assert not await stores.ask(request)


async def test_what_the_installed_client_puts_into_the_text_is_not_read_for_names(
    stores: Stores, mentioning: Mentioning, ana: Actor, ben: Actor, room: RoomId
) -> None:
    block = "\n[[jarvis_attachments_v1]]\nW10=\n[[/jarvis_attachments_v1]]"
    await stores.say(room, ana, "@Ben" + block)
    await stores.say(room, ana, "@Be" + block + "\n")
    assert [message.mentions.user_ids for message in await stores.page(room)] == [(ben.id,), ()]
