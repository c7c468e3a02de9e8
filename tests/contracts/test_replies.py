"""Messages that answer others, and messages with files, as every store keeps them."""

import asyncio

import pytest

from application.ports.message_log import Posted
from domain.errors import ClientTempIdReused, Forbidden, NotFound
from domain.events import MessagePosted
from domain.ids import MessageId, RoomId
from domain.messages import DELETED_TEXT, Message
from domain.users import Actor
from tests.contracts.stores import Stores


async def _by_content(stores: Stores, room: RoomId) -> dict[str, Message]:
    return {message.content: message for message in await stores.page(room)}


async def test_a_reply_points_at_what_it_answers_and_at_where_the_thread_began(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    root = await stores.say(room, ana, "점심?")
    first = await stores.reply(room, ben, "좋아요", root.message_id)
    second = await stores.reply(room, ana, "어디?", first.message_id)
    said = await _by_content(stores, room)
    assert (said["점심?"].reply_to, said["점심?"].thread_id) == (None, None)
    assert (said["점심?"].reply_count, said["점심?"].last_reply_seq) == (2, second.seq)
    assert (said["좋아요"].reply_to, said["좋아요"].thread_id) == (root.message_id, root.message_id)
    assert (said["어디?"].reply_to, said["어디?"].thread_id) == (first.message_id, root.message_id)
    assert said["좋아요"].reply_count == 0
    assert [event.event for event in stores.recorder.logged(room)[1:]] == [
        MessagePosted(room, said["좋아요"]),
        MessagePosted(room, said["어디?"]),
    ]


async def test_replies_that_are_sent_together_are_all_counted(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    other = await stores.room(ben, ana)
    roots = [await stores.say(room, ana, "one"), await stores.say(room, ana, "two"), await stores.say(other, ben, "x")]
    replies = [
        stores.reply(other if number % 3 == 2 else room, ana, f"{number}", roots[number % 3].message_id)
        for number in range(30)
    ]
    plain = stores.say(room, ben, "beside them")
    posted = await asyncio.gather(*replies, plain)
    said = {message.id: message for where in (room, other) for message in await stores.page(where)}
    for place, root in enumerate(roots):
        assert said[root.message_id].reply_count == 10
        assert said[root.message_id].last_reply_seq == max(one.seq for one in posted[place:30:3])
    assert said[posted[30].message_id].thread_id is None


async def test_a_reply_to_nothing_of_the_room_is_refused_and_harms_no_other(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    elsewhere = await stores.say(await stores.room(ana, ben), ana, "elsewhere")
    root = await stores.say(room, ana, "here")
    sends = [
        stores.reply(room, ben, "lost", elsewhere.message_id),
        stores.reply(room, ben, "lost too", MessageId(stores.ids.new())),
        stores.reply(room, ben, "found", root.message_id),
        stores.say(room, ben, "plain"),
    ]
    lost, unknown, found, plain = await asyncio.gather(*sends, return_exceptions=True)
    assert isinstance(lost, NotFound)
    assert isinstance(unknown, NotFound)
    assert isinstance(found, Posted)
    assert isinstance(plain, Posted)
    assert [message.content for message in await stores.page(room)] == ["here", "found", "plain"]


async def test_an_outsider_cannot_find_out_by_replying_what_is_in_a_room(
    stores: Stores, ana: Actor, outsider: Actor, room: RoomId
) -> None:
    root = await stores.say(room, ana, "secret")
    for answered in (root.message_id, MessageId(stores.ids.new())):
        with pytest.raises(Forbidden):
            await stores.reply(room, outsider, "?", answered)
    assert [message.reply_count for message in await stores.page(room)] == [0]


async def test_a_repeated_reply_finds_its_first_self_and_counts_once(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    root, other = await stores.say(room, ana, "root"), await stores.say(room, ana, "other")
    first = await stores.reply(room, ben, "once", root.message_id, "t1")
    twice = [stores.reply(room, ben, "once", root.message_id, "t1") for _ in range(3)]
    assert await asyncio.gather(*twice) == [Posted(first.message_id, first.seq, repeated=True)] * 3
    for again in (
        stores.reply(room, ben, "once", other.message_id, "t1"),
        stores.say(room, ben, "once", "t1"),
    ):
        with pytest.raises(ClientTempIdReused):
            await again
    assert [message.reply_count for message in await stores.page(room)] == [1, 0, 0]


async def test_replies_keep_pointing_at_a_message_that_was_deleted_or_edited(
    stores: Stores, ana: Actor, ben: Actor, room: RoomId
) -> None:
    root = await stores.say(room, ana, "root")
    reply = await stores.reply(room, ben, "reply", root.message_id)
    await stores.edit(room, root.message_id, ana, "other words")
    await stores.delete(room, root.message_id, ana)
    await stores.delete(room, reply.message_id, ben)
    later = await stores.reply(room, ben, "later", reply.message_id)
    messages = await stores.page(room)
    assert [message.content for message in messages] == [DELETED_TEXT, DELETED_TEXT, "later"]
    assert (messages[0].reply_count, messages[0].last_reply_seq) == (2, later.seq)
    assert [message.reply_to for message in messages] == [None, root.message_id, reply.message_id]
    assert [message.thread_id for message in messages] == [None, root.message_id, root.message_id]


async def test_files_come_back_as_sent_and_go_with_the_text(stores: Stores, ana: Actor, room: RoomId) -> None:
    files = (await stores.a_file(ana, '보고서 "v2".pdf'), await stores.a_file(ana, "그림.png", width=640, height=480))
    new = stores.new_message(room, ana, "여기", "t1", attachments=files)
    posted = await stores.message_log.append(new)
    await stores.say(room, ana, "no files")
    (message, without) = await stores.page(room)
    assert (message.attachments, without.attachments) == (files, ())
    assert stores.recorder.logged(room)[0].event == MessagePosted(room, message)
    assert (await stores.edit(room, posted.message_id, ana, "저기")).attachments == files
    assert (await stores.page(room))[0].attachments == files
    await stores.delete(room, posted.message_id, ana)
    assert (await stores.page(room))[0].attachments == ()


async def test_a_repeated_send_is_known_by_its_files_too(stores: Stores, ana: Actor, room: RoomId) -> None:
    one, two = await stores.a_file(ana, "one"), await stores.a_file(ana, "two")
    new = stores.new_message(room, ana, "files", "t1", attachments=(one, two))
    first = await stores.message_log.append(new)
    again = new._replace(id=MessageId(stores.ids.new()))
    assert await stores.message_log.append(again) == Posted(first.message_id, first.seq, repeated=True)
    for files in ((two, one), (one,), ()):
        with pytest.raises(ClientTempIdReused):
            await stores.message_log.append(stores.new_message(room, ana, "files", "t1", attachments=files))
