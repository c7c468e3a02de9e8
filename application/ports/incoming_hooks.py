"""Incoming hooks, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.hooks import HookPost, IncomingHook
from domain.ids import HookId, RoomId


class IncomingHookRepository(Protocol):
    """All incoming hooks, and what was posted by them under keys. They go with their rooms."""

    async def add(self, hook: IncomingHook) -> None:
        """Keep a new hook."""

    async def find(self, digest: bytes) -> IncomingHook | None:
        """The hook whose secret has this digest, or None."""

    async def of_room(self, room_id: RoomId) -> Sequence[IncomingHook]:
        """The room's hooks, the oldest first."""

    async def renew(self, room_id: RoomId, hook_id: HookId, digest: bytes) -> bool:
        """Put another secret in the place of a hook's; False where the room has no such hook."""

    async def remove(self, room_id: RoomId, hook_id: HookId) -> bool:
        """Keep a hook no longer; False where the room has no such hook."""

    async def posted(self, hook_id: HookId, key: str) -> HookPost | None:
        """What was posted by the hook under this key, or None."""

    async def note(self, hook_id: HookId, post: HookPost, *, forget_before: datetime) -> None:
        """Remember what was posted, and no more what the hook posted before then."""
