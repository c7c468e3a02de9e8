"""Having programs elsewhere told what happens in a room."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from application.incoming_hooks import require_right_to_hooks
from application.membership import require_member
from application.ports.clock import Clock
from application.ports.hook_secrets import HookSecrets
from application.ports.ids import IdSource
from application.ports.outbound import Outbound
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from domain.errors import NotFound
from domain.hook_errors import TooManyHooks
from domain.hooks import MOST_OF_A_ROOM, OutgoingHook, hook_events, hook_name, hook_url
from domain.ids import HookId, RoomId
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class NewOutgoingHook:
    """A hook with the secret that it signs with, which is shown this once."""

    hook: OutgoingHook
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HookChange:
    """What is to be otherwise about a hook; None leaves it as it is."""

    name: str | None = None
    url: str | None = None
    events: Sequence[str] | None = None
    enabled: bool | None = None


class OutgoingHooks:
    """Making, changing, renewing and removing hooks. They are the room's owner's and its admins' to see to."""

    def __init__(
        self,
        work: Work,
        outbound: Outbound,
        signing: HookSecrets,
        salts: SecretSource,
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._work = work
        self._outbound = outbound
        self._signing = signing
        self._salts = salts
        self._clock = clock
        self._ids = ids

    async def create(
        self, actor: Actor, room_id: RoomId, name: str, url: str, events: Sequence[str] | None = None
    ) -> NewOutgoingHook:
        """A new hook. It is told what happens from now on.

        Raises:
            InvalidInput: it cannot be called that, or there are no such events.
            AddressNotAllowed, OutboundFailed: the address may not be called from here, or nobody knows it.
            Forbidden, AdminOnly: the actor is no member, or a plain one.
            DirectRoom: nobody else belongs there.
            TooManyHooks: the room has as many as it may have.
        """
        name, url, named = hook_name(name), hook_url(url), hook_events(events)
        await self._require_right(actor, room_id)
        await self._outbound.check(url)
        async with self._work() as work:
            room = await require_right_to_hooks(work, actor, room_id)
            if len(await work.outgoing_hooks.of_room(room_id)) >= MOST_OF_A_ROOM:
                raise TooManyHooks
            hook = OutgoingHook(
                id=HookId(self._ids.new()),
                room_id=room_id,
                name=name,
                url=url,
                events=named,
                salt=self._salts.new(),
                created_by=actor.id,
                created_at=self._clock.now(),
                followed_seq=room.last_seq,
            )
            await work.outgoing_hooks.add(hook)
        return NewOutgoingHook(hook, self._signing.of(hook.id, hook.salt))

    async def of_room(self, actor: Actor, room_id: RoomId) -> Sequence[OutgoingHook]:
        """The room's hooks, the oldest first. Raises Forbidden, AdminOnly."""
        async with self._work() as work:
            (await require_member(work, room_id, actor.id)).require_right_to_hooks()
            return await work.outgoing_hooks.of_room(room_id)

    async def change(self, actor: Actor, room_id: RoomId, hook_id: HookId, change: HookChange) -> OutgoingHook:
        """Make a hook otherwise. One that is enabled again is told what happens from now on.

        Raises what create does, and NotFound.
        """
        name = None if change.name is None else hook_name(change.name)
        url = None if change.url is None else hook_url(change.url)
        await self._require_right(actor, room_id)
        if url is not None:
            await self._outbound.check(url)
        async with self._work() as work:
            room = await require_right_to_hooks(work, actor, room_id)
            hook = await _hook(work, room_id, hook_id)
            if change.events is not None:
                hook = replace(hook, events=hook_events(change.events))
            hook = replace(hook, name=name or hook.name, url=url or hook.url)
            if change.enabled and hook.disabled_at is not None:
                hook = hook.begun_anew(room.last_seq)
            elif change.enabled is False and hook.disabled_at is None:
                hook = replace(hook, disabled_at=self._clock.now())
            await work.outgoing_hooks.replace(hook)
        return hook

    async def renew(self, actor: Actor, room_id: RoomId, hook_id: HookId) -> NewOutgoingHook:
        """Another secret to sign with from now on. Raises Forbidden, AdminOnly, NotFound."""
        async with self._work() as work:
            await require_right_to_hooks(work, actor, room_id)
            hook = replace(await _hook(work, room_id, hook_id), salt=self._salts.new())
            await work.outgoing_hooks.replace(hook)
        return NewOutgoingHook(hook, self._signing.of(hook.id, hook.salt))

    async def remove(self, actor: Actor, room_id: RoomId, hook_id: HookId) -> None:
        """Have the hook no longer. Raises Forbidden, AdminOnly, NotFound."""
        async with self._work() as work:
            await require_right_to_hooks(work, actor, room_id)
            if not await work.outgoing_hooks.remove(room_id, hook_id):
                raise NotFound

    async def _require_right(self, actor: Actor, room_id: RoomId) -> None:
        async with self._work() as work:
            (await require_member(work, room_id, actor.id)).require_right_to_hooks()


async def _hook(work: UnitOfWork, room_id: RoomId, hook_id: HookId) -> OutgoingHook:
    """One of the room's hooks. Raises NotFound."""
    hooks = await work.outgoing_hooks.of_room(room_id)
    hook = next((hook for hook in hooks if hook.id == hook_id), None)
    if hook is None:
        raise NotFound
    return hook
