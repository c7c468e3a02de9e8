"""Files as the store knows them, and the messages that they hang on."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from application.ports.message_log import Posted
from domain.attachments import Attachment, StoredFile
from domain.errors import AttachmentInUse, ClientTempIdReused, DuplicateEntry, NotFound
from domain.ids import AttachmentId, MessageId, RoomId
from domain.users import Actor
from tests.contracts.stores import Stores


@pytest.fixture
async def ana(stores: Stores) -> Actor:
    return await stores.person("Ana")


@pytest.fixture
async def room(stores: Stores, ana: Actor) -> RoomId:
    return await stores.room(ana)


async def found(stores: Stores, *attachments: Attachment) -> list[StoredFile]:
    async with stores.work() as work:
        files = await work.files.find([attachment.id for attachment in attachments])
    return sorted(files, key=lambda file: file.attachment.id)


async def doomed(stores: Stores) -> set[AttachmentId]:
    async with stores.work() as work:
        return set(await work.file_upkeep.doomed(take=100))


async def send(stores: Stores, room: RoomId, ana: Actor, temp_id: str | None, *files: Attachment) -> Posted:
    return await stores.message_log.append(stores.new_message(room, ana, "here", temp_id, attachments=files))


async def test_a_file_on_its_way_and_there(stores: Stores, ana: Actor) -> None:
    coming = stores.an_attachment("그림.png", width=4, height=3)
    file = StoredFile(replace(coming, size=0), ana.id, stores.clock.now(), digest=b"\x01" * 32)
    async with stores.work() as work:
        await work.files.add(file)
    assert await found(stores, coming) == [file]
    async with stores.work() as work:
        assert await work.files.waiting(ana.id) == 1
        assert await work.files.keep(coming)
        assert await work.files.illustrate(coming.id, 40, 30)
        assert not await work.files.keep(stores.an_attachment("unknown"))
        assert not await work.files.illustrate(AttachmentId(stores.ids.new()), 1, 1)
    sized = replace(coming, width=40, height=30)
    assert await found(stores, coming) == [replace(file, attachment=sized, is_kept=True, has_thumbnail=True)]
    assert await found(stores, stores.an_attachment("unknown")) == []


async def test_what_is_sent_hangs_on_its_message(stores: Stores, ana: Actor, room: RoomId) -> None:
    one, two = await stores.a_file(ana, "one"), await stores.a_file(ana, "two")
    posted = await send(stores, room, ana, None, two, one)
    assert {(file.room_id, file.message_id) for file in await found(stores, one, two)} == {(room, posted.message_id)}
    async with stores.work() as work:
        assert await work.files.waiting(ana.id) == 0


async def test_a_file_hangs_on_one_message(stores: Stores, ana: Actor, room: RoomId) -> None:
    file, other = await stores.a_file(ana), await stores.a_file(ana)
    first = await send(stores, room, ana, "t1", file)
    for files in ((file,), (other, file)):
        with pytest.raises(AttachmentInUse):
            await send(stores, room, ana, "t2", *files)
    with pytest.raises(ClientTempIdReused):
        await send(stores, room, ana, "t1", other)
    assert await send(stores, room, ana, "t1", file) == first._replace(repeated=True)
    assert len(await stores.page(room)) == 1
    [kept] = await found(stores, other)
    assert kept.message_id is None


async def test_of_several_at_once_one_has_the_file(stores: Stores, ana: Actor, room: RoomId) -> None:
    file = await stores.a_file(ana)
    drafts = [stores.new_message(room, ana, str(number), attachments=(file,)) for number in range(5)]
    beside = stores.say(room, ana, "beside")
    outcomes = await asyncio.gather(*map(stores.message_log.append, drafts), return_exceptions=True)
    await beside
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in refused] == [AttachmentInUse] * 4
    assert len(await stores.page(room)) == 2


async def test_what_is_gone_cannot_be_sent(stores: Stores, ana: Actor, room: RoomId) -> None:
    gone, there = stores.an_attachment("gone"), await stores.a_file(ana)
    with pytest.raises(NotFound):
        await send(stores, room, ana, "t1", there, gone)
    assert await stores.page(room) == []
    assert (await send(stores, room, ana, "t1", there)).seq == 1


async def test_files_of_a_deleted_message_are_to_be_removed(stores: Stores, ana: Actor, room: RoomId) -> None:
    mine, others = await stores.a_file(ana), await stores.a_file(ana)
    posted = await send(stores, room, ana, None, mine)
    await send(stores, room, ana, None, others)
    await stores.messages.delete(ana, room, posted.message_id)
    assert await doomed(stores) == {mine.id}
    assert [file.attachment.id for file in await found(stores, mine, others)] == [others.id]


async def test_files_of_a_deleted_room_are_to_be_removed(stores: Stores, ana: Actor, room: RoomId) -> None:
    mine, others, unsent = [await stores.a_file(ana) for _ in range(3)]
    elsewhere = await stores.room(ana)
    await send(stores, room, ana, None, mine)
    await send(stores, elsewhere, ana, None, others)
    await stores.rooms.delete(ana, room)
    assert await doomed(stores) == {mine.id}
    assert len(await found(stores, mine, others, unsent)) == 2
    await stores.rooms.leave(ana, elsewhere)
    assert await doomed(stores) == {mine.id, others.id}


async def test_what_was_never_sent_is_dropped(stores: Stores, ana: Actor, room: RoomId) -> None:
    old, sent = await stores.a_file(ana), await stores.a_file(ana)
    await send(stores, room, ana, None, sent)
    stores.clock.advance(100)
    new = await stores.a_file(ana)
    async with stores.work() as work:
        before = stores.clock.now() - timedelta(seconds=50)
        assert await work.file_upkeep.drop_unsent(uploaded_before=before, take=10) == 1
        assert await work.file_upkeep.drop_unsent(uploaded_before=before, take=10) == 0
    assert await doomed(stores) == {old.id}
    assert [file.attachment.id for file in await found(stores, old, sent, new)] == [sent.id, new.id]
    async with stores.work() as work:
        assert set(await work.file_upkeep.known([old.id, new.id, AttachmentId(stores.ids.new())])) == {old.id, new.id}
        await work.file_upkeep.forget([old.id])
        assert set(await work.file_upkeep.known([old.id, new.id])) == {new.id}
    assert await doomed(stores) == set()


async def test_dropping_spares_what_is_in_use_unless_it_is_meant(stores: Stores, ana: Actor, room: RoomId) -> None:
    used, unused = await stores.a_file(ana), await stores.a_file(ana)
    await send(stores, room, ana, None, used)
    async with stores.work() as work:
        assert list(await work.files.drop([used.id, unused.id], used=False)) == [unused.id]
        assert list(await work.files.drop([used.id, unused.id], used=True)) == [used.id]
    assert await doomed(stores) == {used.id, unused.id}


async def test_claiming_by_hand(stores: Stores, ana: Actor, room: RoomId) -> None:
    file, other = await stores.a_file(ana), await stores.a_file(ana)
    message_id = MessageId(stores.ids.new())
    async with stores.work() as work:
        await work.files.claim(room, message_id, [file.id])
    for ids, error in (([other.id, file.id], DuplicateEntry), ([AttachmentId(stores.ids.new())], NotFound)):
        with pytest.raises(error):
            async with stores.work() as work:
                await work.files.claim(room, message_id, ids)
    assert [file.message_id for file in await found(stores, file, other)] == [message_id, None]
    async with stores.work() as work:
        assert await work.files.waiting(ana.id) == 1
        assert await work.file_upkeep.drop_unsent(uploaded_before=stores.clock.now() + timedelta(1), take=9) == 1
    assert await doomed(stores) == {other.id}


async def test_what_was_sent_before_is_known(stores: Stores, ana: Actor, room: RoomId) -> None:
    new = stores.new_message(room, ana, "here", "t1")
    posted = await stores.message_log.append(new)
    async with stores.work() as work:
        assert await work.sent.find(room, ana.id, "t1") == (posted.message_id, posted.seq, new.fingerprint)
        assert await work.sent.find(room, ana.id, "t2") is None


async def test_a_send_and_a_sweep_at_once_never_lose_a_file_that_was_sent(
    stores: Stores, ana: Actor, room: RoomId
) -> None:
    files = [await stores.a_file(ana) for _ in range(20)]
    stores.clock.advance(100)

    async def sweep() -> None:
        for _ in range(5):
            async with stores.work() as work:
                await work.file_upkeep.drop_unsent(uploaded_before=stores.clock.now(), take=3)

    await asyncio.gather(
        sweep(), *(send(stores, room, ana, None, file) for file in reversed(files)), return_exceptions=True
    )
    sent = {attachment.id for message in await stores.page(room) for attachment in message.attachments}
    assert sent.isdisjoint(await doomed(stores))
    assert {file.attachment.id for file in await found(stores, *files) if file.message_id is not None} == sent
