"""Hooks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from adapters.memory.store import InMemoryStore, KeptHook
from domain.hooks import ClaimedHook, HookPost, IncomingHook, OutgoingHook
from domain.ids import HookId, RoomId


@dataclass(frozen=True, slots=True)
class InMemoryIncomingHookRepository:
    """Incoming hooks by id."""

    _store: InMemoryStore

    async def add(self, hook: IncomingHook) -> None:
        self._store.incoming_hooks.put(hook.id, hook)

    async def find(self, digest: bytes) -> IncomingHook | None:
        return next((hook for hook in self._store.incoming_hooks.values() if hook.digest == digest), None)

    async def of_room(self, room_id: RoomId) -> Sequence[IncomingHook]:
        found = [hook for hook in self._store.incoming_hooks.values() if hook.room_id == room_id]
        return sorted(found, key=lambda hook: (hook.created_at, hook.id))

    async def renew(self, room_id: RoomId, hook_id: HookId, digest: bytes) -> bool:
        hook = self._store.incoming_hooks.get(hook_id)
        if hook is None or hook.room_id != room_id:
            return False
        self._store.incoming_hooks.put(hook_id, replace(hook, digest=digest))
        return True

    async def remove(self, room_id: RoomId, hook_id: HookId) -> bool:
        hook = self._store.incoming_hooks.get(hook_id)
        if hook is None or hook.room_id != room_id:
            return False
        self._remove(hook_id)
        return True

    async def posted(self, hook_id: HookId, key: str) -> HookPost | None:
        return self._store.hook_posts.get((hook_id, key))

    async def note(self, hook_id: HookId, post: HookPost, *, forget_before: datetime) -> None:
        posts = self._store.hook_posts
        posts.remove(*(name for name in posts if name[0] == hook_id and posts[name].at < forget_before))
        posts.put((hook_id, post.key), post)

    def forget_room(self, room_id: RoomId) -> None:
        """The room is gone, and with it the ways into it."""
        self._remove(*(hook.id for hook in self._store.incoming_hooks.values() if hook.room_id == room_id))

    def _remove(self, *hook_ids: HookId) -> None:
        self._store.incoming_hooks.remove(*hook_ids)
        self._store.hook_posts.remove(*(name for name in self._store.hook_posts if name[0] in hook_ids))


@dataclass(frozen=True, slots=True)
class InMemoryOutgoingHookRepository:
    """Outgoing hooks by id."""

    _store: InMemoryStore

    async def add(self, hook: OutgoingHook) -> None:
        self._store.outgoing_hooks.put(hook.id, KeptHook(hook))

    async def of_room(self, room_id: RoomId) -> Sequence[OutgoingHook]:
        found = [kept.hook for kept in self._store.outgoing_hooks.values() if kept.hook.room_id == room_id]
        return sorted(found, key=lambda hook: (hook.created_at, hook.id))

    async def replace(self, hook: OutgoingHook) -> bool:
        kept = self._store.outgoing_hooks.get(hook.id)
        if kept is None or kept.hook.room_id != hook.room_id:
            return False
        self._store.outgoing_hooks.put(hook.id, KeptHook(hook, kept.lease + 1))
        return True

    async def remove(self, room_id: RoomId, hook_id: HookId) -> bool:
        kept = self._store.outgoing_hooks.get(hook_id)
        if kept is None or kept.hook.room_id != room_id:
            return False
        self._store.outgoing_hooks.remove(hook_id)
        return True

    async def claim(self, *, now: datetime, until: datetime) -> ClaimedHook | None:
        waiting = sorted(self._store.outgoing_hooks.values(), key=_let_go_of)
        for kept in waiting:
            hook = kept.hook
            behind = hook.followed_seq < self._store.rooms[hook.room_id].last_seq
            if behind and hook.disabled_at is None and not kept.is_held(now) and not kept.is_put_off(now):
                self._store.outgoing_hooks.put(hook.id, KeptHook(hook, kept.lease + 1, held_until=until))
                return ClaimedHook(hook, kept.lease + 1)
        return None

    async def progress(self, claimed: ClaimedHook, seq: int, *, until: datetime) -> bool:
        kept = self._held(claimed)
        if kept is None:
            return False
        hook = kept.hook.told(seq) if seq > kept.hook.followed_seq else kept.hook
        self._store.outgoing_hooks.put(hook.id, KeptHook(hook, kept.lease, held_until=until))
        return True

    async def failed(self, claimed: ClaimedHook, hook: OutgoingHook, *, retry_at: datetime) -> bool:
        kept = self._held(claimed)
        if kept is None:
            return False
        self._store.outgoing_hooks.put(hook.id, KeptHook(hook, kept.lease, retry_at=retry_at))
        return True

    def forget_room(self, room_id: RoomId) -> None:
        """The room is gone, and nothing happens there any more."""
        hooks = self._store.outgoing_hooks
        hooks.remove(*(hook_id for hook_id in hooks if hooks[hook_id].hook.room_id == room_id))

    def _held(self, claimed: ClaimedHook) -> KeptHook | None:
        kept = self._store.outgoing_hooks.get(claimed.hook.id)
        return kept if kept is not None and kept.lease == claimed.lease else None


def _let_go_of(kept: KeptHook) -> tuple[bool, datetime, HookId]:
    return kept.held_until is not None, kept.held_until or kept.hook.created_at, kept.hook.id
