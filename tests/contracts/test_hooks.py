"""Hooks of rooms, as every store keeps them, and what comes of them."""

import asyncio
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from adapters.security.hook_secrets import DerivedHookSecrets
from adapters.wire.encoder import _LOGGED, WireEncoder
from application.hook_delivery import DeliveryPace, HookDelivery
from application.incoming_hooks import KEYS_KEPT_FOR, IncomingHooks
from application.outgoing_hooks import HookChange, NewOutgoingHook, OutgoingHooks
from application.ports.event_bus import Notice
from application.ports.outbound import Bounds, Fetched
from domain.errors import (
    AddressNotAllowed,
    AdminOnly,
    ClientTempIdReused,
    DirectRoom,
    Forbidden,
    InvalidInput,
    NotFound,
    OutboundFailed,
)
from domain.events import Event, Mentioned, MessagePosted
from domain.hook_errors import TooManyHooks
from domain.hooks import EVENTS, MOST_OF_A_ROOM, ClaimedHook
from domain.ids import HookId, RoomId
from domain.matters import MatterKind
from domain.messages import SenderType
from domain.rooms import Role, RoomType
from domain.tickets import digest_of
from domain.users import Actor
from tests.builders import SequenceSecrets
from tests.contracts.stores import Stores

URL = "https://receiver.example/hook"
SIGNING = DerivedHookSecrets("the server's secret")


@dataclass
class Receiver:
    """Notes what is handed over; ``answers`` are statuses or refusals, one a delivery, and then 200."""

    answers: list[int | Exception] = field(default_factory=list)
    got: list[tuple[bytes, Mapping[str, str]]] = field(default_factory=list)
    refused: frozenset[str] = frozenset()

    async def get(self, url: str, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        raise AssertionError(url)

    async def post(self, url: str, body: bytes, *, bounds: Bounds, headers: Mapping[str, str] | None = None) -> Fetched:
        self.got.append((body, headers or {}))
        await asyncio.sleep(0)
        said = self.answers.pop(0) if self.answers else 200
        if isinstance(said, Exception):
            raise said
        return Fetched(url, said, {}, b"")

    async def check(self, url: str) -> None:
        if url in self.refused:
            raise AddressNotAllowed

    @property
    def seqs(self) -> Sequence[int]:
        return [json.loads(body)["seq"] for body, _ in self.got]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def incoming(stores: Stores) -> IncomingHooks:
    return IncomingHooks(stores.work, SequenceSecrets(), stores.clock, stores.ids)


@pytest.fixture
def outgoing(stores: Stores, receiver: Receiver) -> OutgoingHooks:
    return OutgoingHooks(stores.work, receiver, SIGNING, SequenceSecrets(), stores.clock, stores.ids)


@pytest.fixture
def delivery(stores: Stores, receiver: Receiver) -> HookDelivery:
    return HookDelivery(stores.work, receiver, WireEncoder(), SIGNING, stores.clock, stores.ids, DeliveryPace())


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
