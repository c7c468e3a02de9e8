"""Telling programs what happens in a room: in order, signed, and again until it is taken."""

import asyncio
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from adapters.wire.encoder import _LOGGED, WireEncoder
from application.hook_delivery import DeliveryPace, HookDelivery
from application.outgoing_hooks import HookChange, NewOutgoingHook, OutgoingHooks
from application.ports.event_bus import Notice
from domain.errors import OutboundFailed
from domain.events import Event, Mentioned, MessagePosted
from domain.hooks import EVENTS, ClaimedHook
from domain.ids import HookId, RoomId
from domain.matters import MatterKind
from domain.messages import SenderType
from domain.users import Actor
from tests.contracts.hooks import SIGNING, URL, Receiver
from tests.contracts.stores import Stores


async def say(stores: Stores, actor: Actor, room: RoomId, *texts: str) -> None:
    for text in texts:
        await stores.messages.send(actor, room, text)


async def test_a_hook_is_told_what_it_asked_for_in_order_and_signed_and_only_what_is_new(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    await say(stores, ana, room, "before")
    made = await outgoing.create(ana, room, "Tracker", URL, ["message.new", "room.updated"])
    assert await delivery.turn() == 0
    await say(stores, ana, room, "하나", "둘")
    [*_, last] = await stores.messages.history(ana, room)
    await stores.messages.edit(ana, room, last.id, "셋")
    await stores.rooms.rename(ana, room, "Cellar")
    await delivery.turn()
    assert receiver.seqs == [2, 3, 5]
    for (body, headers), seq in zip(receiver.got, (2, 3, 5), strict=True):
        async with stores.work() as work:
            [entry] = await work.log.after(room, seq - 1, take=1)
        assert body == WireEncoder().encode(entry)[0].body, "what clients read of it"
        assert headers["X-Jarvis-Delivery"] == f"{made.hook.id}:{seq}"
        assert headers["X-Jarvis-Event"] == json.loads(body)["type"]
        signed = headers["X-Jarvis-Timestamp"].encode() + b"." + body
        assert headers["X-Jarvis-Signature"] == "v1=" + hmac.new(made.secret.encode(), signed, "sha256").hexdigest()
        assert int(headers["X-Jarvis-Timestamp"]) == int(stores.clock.now().timestamp())
    [kept] = await outgoing.of_room(ana, room)
    assert kept.followed_seq == 5
    assert await delivery.turn() == 0


async def test_only_what_a_hook_asked_for_is_encoded_and_no_byte_of_that_is_read(
    stores: Stores, outgoing: OutgoingHooks, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    class Sealing(WireEncoder):
        """Encodes to what nobody else can read."""

        encoded = 0

        def encode(self, event: Event) -> Sequence[Notice]:
            self.encoded += 1
            return [Notice(b"sealed", room)]

    encoder = Sealing()
    delivery = HookDelivery(stores.work, receiver, encoder, SIGNING, stores.clock, stores.ids, DeliveryPace())
    await outgoing.create(ana, room, "Tracker", URL, ["room.updated"])
    await say(stores, ana, room, "하나")
    await stores.rooms.rename(ana, room, "Cellar")
    await delivery.turn()
    [(body, headers)] = receiver.got
    assert (body, headers["X-Jarvis-Event"]) == (b"sealed", "room.updated")
    assert encoder.encoded == 1


async def test_what_is_not_taken_is_told_again_after_growing_pauses_and_nothing_overtakes_it(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    await outgoing.create(ana, room, "Tracker", URL)
    await outgoing.create(ana, room, "Other", URL)
    receiver.answers = [200, 500, 200, 200]
    await say(stores, ana, room, "하나", "둘")
    await delivery.turn()
    assert sorted(receiver.seqs) == [1, 1, 2, 2][: len(receiver.seqs)]
    failing = next(hook for hook in await outgoing.of_room(ana, room) if hook.failures)
    assert (failing.failures, failing.failure, failing.failing_since) == (1, "HTTP 500", stores.clock.now())
    receiver.got.clear()
    receiver.answers = [OutboundFailed(), 302, 200]
    for pause in (5, 10, 20):
        stores.clock.advance(pause - 1)
        assert await delivery.turn() == 0
        stores.clock.advance(1)
        assert await delivery.turn() == 1
    assert len({headers["X-Jarvis-Delivery"] for _, headers in receiver.got[:3]}) == 1, "it keeps its name"
    [*_, healed] = [hook for hook in await outgoing.of_room(ana, room) if hook.id == failing.id]
    assert (healed.failures, healed.failure, healed.failing_since, healed.followed_seq) == (0, None, None, 2)


async def test_a_hook_that_fails_for_long_is_switched_off_and_its_owner_told(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    made = await outgoing.create(ana, room, "Tracker", URL)
    receiver.answers = [410] * 200
    await say(stores, ana, room, "하나")
    for _ in range(100):
        await delivery.turn()
        stores.clock.advance(3600)
    [hook] = await outgoing.of_room(ana, room)
    assert hook.disabled_at is not None
    assert hook.failing_since is not None
    assert hook.disabled_at - hook.failing_since >= timedelta(hours=72)
    assert len(receiver.got) < 90
    [*_, note] = await stores.messages.history(ana, room)
    assert note.sender_type is SenderType.SYSTEM
    assert "Tracker" in note.content
    assert "HTTP 410" in note.content
    assert note.mentions.user_ids == (ana.id,)
    [told] = stores.recorder.of(Mentioned)
    assert (told.user_ids, told.message_id) == ((ana.id,), note.id)
    async with stores.work() as work:
        assert [found.id for found in await work.mentions.of_user(ana.id, before=None, take=5)] == [note.id]
        entries = await work.log.after(room, 0, take=10)
    assert [entry.event for entry in entries][-1:] == [MessagePosted(room, note)]
    receiver.answers.clear()
    receiver.got.clear()
    assert await delivery.turn() == 0
    enabled = await outgoing.change(ana, room, made.hook.id, HookChange(enabled=True))
    assert (enabled.disabled_at, enabled.failures) == (None, 0)
    await say(stores, ana, room, "둘")
    await delivery.turn()
    assert receiver.seqs == [3], "it is told what happens from then on"


async def test_one_worker_at_a_time_tells_a_hook_and_a_dead_ones_work_is_taken_over(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    await outgoing.create(ana, room, "Tracker", URL)
    await say(stores, ana, room, "하나", "둘")
    dead = await delivery.claim()
    assert dead is not None
    assert await delivery.claim() is None
    stores.clock.advance(61)
    assert await delivery.turn() == 1
    assert receiver.seqs == [1, 2]
    async with stores.work() as work:
        assert not await work.outgoing_hooks.progress(dead, 2, until=stores.clock.now()), "it is held by it no more"
        failed = dead.hook.failed("HTTP 500", stores.clock.now(), timedelta(hours=1))
        assert not await work.outgoing_hooks.failed(dead, failed, retry_at=stores.clock.now())
    [hook] = await outgoing.of_room(ana, room)
    assert (hook.failures, hook.followed_seq) == (0, 2)


async def test_many_workers_tell_each_hook_each_thing_once(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    for number in range(4):
        await outgoing.create(ana, room, str(number), URL)
    await say(stores, ana, room, *map(str, range(5)))
    await asyncio.gather(*(delivery.turn() for _ in range(4)))
    names = [headers["X-Jarvis-Delivery"] for _, headers in receiver.got]
    assert len(names) == len(set(names)) == 20


async def test_a_hook_with_much_to_hear_lets_others_have_their_turn(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, ana: Actor, room: RoomId
) -> None:
    hooks = [(await outgoing.create(ana, room, str(number), URL)).hook.id for number in range(3)]
    await say(stores, ana, room, *map(str, range(60)))
    turns = []
    for _ in range(6):
        claimed = await delivery.claim()
        assert claimed is not None
        await delivery.tell(claimed)
        turns.append(claimed.hook.id)
        stores.clock.advance(0.001)
    assert turns[:3] == turns[3:]
    assert set(turns) == set(hooks)


async def test_a_hook_that_is_changed_while_it_is_told_goes_on_as_it_is_now(
    stores: Stores, outgoing: OutgoingHooks, delivery: HookDelivery, receiver: Receiver, ana: Actor, room: RoomId
) -> None:
    made = await outgoing.create(ana, room, "Tracker", URL)
    await say(stores, ana, room, "하나")
    claimed = await delivery.claim()
    assert claimed is not None
    renewed = await outgoing.renew(ana, room, made.hook.id)
    assert renewed.secret != made.secret
    async with stores.work() as work:
        assert not await work.outgoing_hooks.progress(claimed, 1, until=stores.clock.now())
    assert await delivery.turn() == 1
    body, headers = receiver.got[-1]
    signed = headers["X-Jarvis-Timestamp"].encode() + b"." + body
    assert headers["X-Jarvis-Signature"] == "v1=" + hmac.new(renewed.secret.encode(), signed, "sha256").hexdigest()
    off = await outgoing.change(ana, room, made.hook.id, HookChange(name="New", events=["bot.done"], enabled=False))
    assert (off.name, off.events, off.disabled_at) == ("New", ("bot.done",), stores.clock.now())
    await say(stores, ana, room, "둘")
    assert await delivery.turn() == 0
    await outgoing.remove(ana, room, made.hook.id)
    assert await outgoing.of_room(ana, room) == []


async def test_an_outgoing_hook_comes_back_as_it_was_kept(stores: Stores, outgoing: OutgoingHooks, ana: Actor) -> None:
    room = await stores.room(ana)
    made: NewOutgoingHook = await outgoing.create(ana, room, "Tracker", URL)
    assert made.hook.events == EVENTS
    assert await outgoing.of_room(ana, room) == [made.hook]
    assert made.secret not in repr(made)
    nothing = replace(made.hook, id=HookId(stores.ids.new()))
    async with stores.work() as work:
        assert not await work.outgoing_hooks.replace(nothing)
        assert not await work.outgoing_hooks.progress(ClaimedHook(nothing, 0), 1, until=stores.clock.now())


def test_the_events_that_a_hook_may_ask_for_are_all_that_last() -> None:
    names = {name for name, _ in _LOGGED.values()}
    matters = {"added", "updated", "removed"}
    assert set(EVENTS) == (names - matters) | {f"{kind.value}.{name}" for kind in MatterKind for name in matters}
