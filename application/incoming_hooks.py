"""Doors by which programs post into rooms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from application.limits import Limits
from application.membership import require_member, require_member_and_lock
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.message_log import Posted
from application.ports.secrets import SecretSource
from application.ports.unit_of_work import UnitOfWork, Work
from application.posting import Post, post
from domain.errors import ClientTempIdReused, DirectRoom, NotFound
from domain.hook_errors import TooManyHooks
from domain.hooks import MOST_OF_A_ROOM, HookPost, IncomingHook, hook_name, post_key
from domain.ids import HookId, MessageId, RoomId
from domain.messages import fingerprint, message_content
from domain.rooms import Room, RoomType
from domain.tickets import digest_of
from domain.users import Actor

KEYS_KEPT_FOR = timedelta(days=7)
"""How long a post with a key is known again."""


@dataclass(frozen=True, slots=True)
class NewIncomingHook:
    """A hook with its secret, which is shown this once."""

    hook: IncomingHook
    secret: str = field(repr=False)


class IncomingHooks:
    """Making, renewing, removing and using hooks. They are the room's owner's and its admins' to see to."""

    def __init__(
        self, work: Work, secrets: SecretSource, clock: Clock, ids: IdSource, limits: Limits | None = None
    ) -> None:
        self._work = work
        self._secrets = secrets
        self._clock = clock
        self._ids = ids
        self._text_limit = (limits or Limits()).message_text

    async def create(self, actor: Actor, room_id: RoomId, name: str) -> NewIncomingHook:
        """A new hook.

        Raises:
            InvalidInput: it cannot be called that.
            Forbidden, AdminOnly: the actor is no member, or a plain one.
            DirectRoom: nobody else belongs there.
            TooManyHooks: the room has as many as it may have.
        """
        name, secret = hook_name(name), self._secrets.new()
        async with self._work() as work:
            await require_right_to_hooks(work, actor, room_id)
            if len(await work.incoming_hooks.of_room(room_id)) >= MOST_OF_A_ROOM:
                raise TooManyHooks
            hook = IncomingHook(HookId(self._ids.new()), digest_of(secret), room_id, name, actor.id, self._clock.now())
            await work.incoming_hooks.add(hook)
        return NewIncomingHook(hook, secret)

    async def of_room(self, actor: Actor, room_id: RoomId) -> Sequence[IncomingHook]:
        """The room's hooks, the oldest first. Raises Forbidden, AdminOnly."""
        async with self._work() as work:
            (await require_member(work, room_id, actor.id)).require_right_to_hooks()
            return await work.incoming_hooks.of_room(room_id)

    async def renew(self, actor: Actor, room_id: RoomId, hook_id: HookId) -> NewIncomingHook:
        """Another secret for the hook; the one before is good no more. Raises Forbidden, AdminOnly, NotFound."""
        secret = self._secrets.new()
        async with self._work() as work:
            await require_right_to_hooks(work, actor, room_id)
            if not await work.incoming_hooks.renew(room_id, hook_id, digest_of(secret)):
                raise NotFound
            hooks = await work.incoming_hooks.of_room(room_id)
        return NewIncomingHook(next(hook for hook in hooks if hook.id == hook_id), secret)

    async def remove(self, actor: Actor, room_id: RoomId, hook_id: HookId) -> None:
        """Have the hook no longer; what it posted stays. Raises Forbidden, AdminOnly, NotFound."""
        async with self._work() as work:
            await require_right_to_hooks(work, actor, room_id)
            if not await work.incoming_hooks.remove(room_id, hook_id):
                raise NotFound

    async def post(self, secret: str, text: str, key: str | None = None) -> Posted:
        """Say something in the hook's room, under its name. It mentions nobody and asks Jarvis nothing.

        The same ``key`` of the same hook is accepted once, as long as it is remembered.

        Raises:
            NotFound: no hook has this secret.
            InvalidInput, MessageTooLong: the text or the key is not acceptable.
            ClientTempIdReused: the key came before, with another text.
        """
        text, key = message_content(text, limit=self._text_limit), post_key(key)
        now, print_ = self._clock.now(), fingerprint(text)
        async with self._work() as work:
            hook, room = await self._hold(work, digest_of(secret))
            first = None if key is None else await work.incoming_hooks.posted(hook.id, key)
            if first is not None:
                if first.fingerprint != print_:
                    raise ClientTempIdReused
                return Posted(first.message_id, first.seq, repeated=True)
            message = await post(work, room, Post(MessageId(self._ids.new()), text, now, sender_name=hook.name))
            if key is not None:
                noted = HookPost(key, print_, message.id, message.seq, now)
                await work.incoming_hooks.note(hook.id, noted, forget_before=now - KEYS_KEPT_FOR)
        return Posted(message.id, message.seq)

    async def _hold(self, work: UnitOfWork, digest: bytes) -> tuple[IncomingHook, Room]:
        """The hook and its room, once no other change is being made to either. Raises NotFound."""
        hook = await work.incoming_hooks.find(digest)
        if hook is None:
            raise NotFound
        room = await work.rooms.lock(hook.room_id)
        hook = await work.incoming_hooks.find(digest)
        if hook is None:
            raise NotFound
        return hook, room


async def require_right_to_hooks(work: UnitOfWork, actor: Actor, room_id: RoomId) -> Room:
    """The room, held, where the actor may see to its hooks. Raises Forbidden, AdminOnly, DirectRoom."""
    member, room = await require_member_and_lock(work, room_id, actor.id)
    if room.type is RoomType.DIRECT:
        raise DirectRoom
    member.require_right_to_hooks()
    return room
