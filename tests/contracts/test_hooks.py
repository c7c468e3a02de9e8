"""Hooks of rooms, as every store keeps them: who sees to them, and what programs post by them."""

import asyncio
from dataclasses import replace

import pytest

from application.hook_delivery import HookDelivery
from application.incoming_hooks import KEYS_KEPT_FOR, IncomingHooks
from application.outgoing_hooks import HookChange, OutgoingHooks
from domain.errors import (
    AddressNotAllowed,
    AdminOnly,
    ClientTempIdReused,
    DirectRoom,
    Forbidden,
    InvalidInput,
    NotFound,
)
from domain.events import MessagePosted
from domain.hook_errors import TooManyHooks
from domain.hooks import MOST_OF_A_ROOM
from domain.ids import RoomId
from domain.messages import SenderType
from domain.rooms import Role, RoomType
from domain.tickets import digest_of
from domain.users import Actor
from tests.contracts.hooks import URL, Receiver
from tests.contracts.stores import Stores


async def test_a_post_is_a_message_under_the_hooks_name(
    stores: Stores, incoming: IncomingHooks, ana: Actor, room: RoomId
) -> None:
    made = await incoming.create(ana, room, "  CI  빌드 ")
    assert made.hook.name == "CI 빌드"
    posted = await incoming.post(made.secret, "초록 @Ben 자비스야 고마워")
    assert (posted.seq, posted.repeated) == (1, False)
    [message] = await stores.messages.history(ana, room)
    assert (message.sender_type, message.sender_id, message.sender_name) == (SenderType.BOT, None, "CI 빌드")
    assert message.mentions.user_ids == ()
    [logged] = stores.recorder.logged(room)
    assert isinstance(logged.event, MessagePosted)
    assert logged.event.message == message
    async with stores.work() as work:
        assert await work.log.after(room, 0, take=10) == [logged]
        assert (await work.backlog.depth(now=stores.clock.now())).waiting == 0
    for change in (stores.messages.edit(ana, room, message.id, "rot"), stores.messages.delete(ana, room, message.id)):
        with pytest.raises(Forbidden):
            await change


async def test_a_post_with_a_key_is_accepted_once_as_long_as_the_key_is_known(
    stores: Stores, incoming: IncomingHooks, ana: Actor, room: RoomId
) -> None:
    one, other = await incoming.create(ana, room, "one"), await incoming.create(ana, room, "other")
    posts = await asyncio.gather(*(incoming.post(one.secret, "done", "build-7") for _ in range(5)))
    assert len({(post.message_id, post.seq) for post in posts}) == 1
    assert sum(not post.repeated for post in posts) == 1
    assert not (await incoming.post(other.secret, "done", "build-7")).repeated, "keys are a hook's own"
    with pytest.raises(ClientTempIdReused):
        await incoming.post(one.secret, "failed", "build-7")
    stores.clock.advance(KEYS_KEPT_FOR.total_seconds() + 1)
    await incoming.post(one.secret, "another", "build-8")
    assert not (await incoming.post(one.secret, "done", "build-7")).repeated
    assert len(await stores.messages.history(ana, room)) == 4


async def test_a_secret_is_kept_as_a_digest_and_good_until_it_is_renewed_or_withdrawn(
    stores: Stores, incoming: IncomingHooks, ana: Actor, room: RoomId
) -> None:
    made = await incoming.create(ana, room, "CI")
    async with stores.work() as work:
        kept = await work.incoming_hooks.find(digest_of(made.secret))
    assert kept == made.hook
    assert made.secret not in repr(kept)
    renewed = await incoming.renew(ana, room, made.hook.id)
    assert renewed.hook == replace(made.hook, digest=digest_of(renewed.secret))
    with pytest.raises(NotFound):
        await incoming.post(made.secret, "old")
    await incoming.post(renewed.secret, "new")
    await incoming.remove(ana, room, made.hook.id)
    with pytest.raises(NotFound):
        await incoming.post(renewed.secret, "gone")
    for call in (incoming.renew(ana, room, made.hook.id), incoming.remove(ana, room, made.hook.id)):
        with pytest.raises(NotFound):
            await call
    assert await incoming.of_room(ana, room) == []
    assert [message.content for message in await stores.messages.history(ana, room)] == ["new"]


async def test_hooks_are_the_owners_and_the_admins_to_see_to(
    stores: Stores, incoming: IncomingHooks, outgoing: OutgoingHooks, ana: Actor, ben: Actor, room: RoomId
) -> None:
    made = await incoming.create(ana, room, "CI")
    told = await outgoing.create(ana, room, "Tracker", URL)
    for actor, refusal in ((ben, AdminOnly), (await stores.person("Olga"), Forbidden)):
        for call in (
            incoming.create(actor, room, "x"),
            incoming.of_room(actor, room),
            incoming.renew(actor, room, made.hook.id),
            incoming.remove(actor, room, made.hook.id),
            outgoing.create(actor, room, "x", URL),
            outgoing.of_room(actor, room),
            outgoing.change(actor, room, told.hook.id, HookChange(name="x")),
            outgoing.renew(actor, room, told.hook.id),
            outgoing.remove(actor, room, told.hook.id),
        ):
            with pytest.raises(refusal):
                await call
    await stores.roles.give(ana, room, ben.id, Role.ADMIN)
    assert await incoming.of_room(ben, room) == [made.hook]
    assert await outgoing.of_room(ben, room) == [told.hook]
    other = await stores.room(ben)
    for wrong in (
        incoming.renew(ben, other, made.hook.id),
        incoming.remove(ben, other, made.hook.id),
        outgoing.change(ben, other, told.hook.id, HookChange(name="x")),
        outgoing.remove(ben, other, told.hook.id),
    ):
        with pytest.raises(NotFound):
            await wrong
    direct = (await stores.rooms.create(ana, type=RoomType.DIRECT, member_ids=[ben.id])).room.id
    for refused in (incoming.create(ana, direct, "x"), outgoing.create(ana, direct, "x", URL)):
        with pytest.raises(DirectRoom):
            await refused


async def test_a_room_has_only_so_many_hooks_with_names_of_their_own(
    incoming: IncomingHooks, outgoing: OutgoingHooks, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    for name in ("", "  ", "x" * 81, "\x00", "Jarvis", "자비스"):
        with pytest.raises(InvalidInput):
            await incoming.create(ana, room, name)
    for url in ("", "ftp://receiver.example", "https://" + "x" * 2000):
        with pytest.raises(InvalidInput):
            await outgoing.create(ana, room, "x", url)
    with pytest.raises(InvalidInput):
        await outgoing.create(ana, room, "x", URL, ["message.new", "typing"])
    receiver.refused = frozenset({"http://10.0.0.1/"})
    with pytest.raises(AddressNotAllowed):
        await outgoing.create(ana, room, "x", "http://10.0.0.1/")
    for number in range(MOST_OF_A_ROOM):
        await incoming.create(ana, room, str(number))
        await outgoing.create(ana, room, str(number), URL)
    for call in (incoming.create(ana, room, "x"), outgoing.create(ana, room, "x", URL)):
        with pytest.raises(TooManyHooks):
            await call


async def test_hooks_go_with_their_room(
    stores: Stores, incoming: IncomingHooks, outgoing: OutgoingHooks, delivery: HookDelivery, ana: Actor, room: RoomId
) -> None:
    made = await incoming.create(ana, room, "CI")
    await outgoing.create(ana, room, "Tracker", URL)
    await incoming.post(made.secret, "x", "key")
    claimed = await delivery.claim()
    assert claimed is not None
    await stores.rooms.delete(ana, room)
    with pytest.raises(NotFound):
        await incoming.post(made.secret, "x")
    assert await delivery.claim() is None
    await delivery.tell(claimed)
    async with stores.work() as work:
        assert await work.incoming_hooks.find(digest_of(made.secret)) is None
        assert await work.incoming_hooks.posted(made.hook.id, "key") is None
        assert await work.outgoing_hooks.of_room(room) == []
