"""Outgoing hooks, as they are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.hooks import ClaimedHook, OutgoingHook
from domain.ids import HookId, RoomId


class OutgoingHookRepository(Protocol):
    """All outgoing hooks, and who is telling them. They go with their rooms."""

    async def add(self, hook: OutgoingHook) -> None:
        """Keep a new hook."""

    async def of_room(self, room_id: RoomId) -> Sequence[OutgoingHook]:
        """The room's hooks, the oldest first."""

    async def replace(self, hook: OutgoingHook) -> bool:
        """Keep a hook as it is now, and take it from whoever is telling it; False where the room has no such hook."""

    async def remove(self, room_id: RoomId, hook_id: HookId) -> bool:
        """Keep a hook no longer; False where the room has no such hook."""

    async def claim(self, *, now: datetime, until: datetime) -> ClaimedHook | None:
        """Take up a hook until then, in whose room something has happened that it may have to be told; of several the
        one that was let go of first, None where there is none that is enabled, not held, and not put off."""

    async def progress(self, claimed: ClaimedHook, seq: int, *, until: datetime) -> bool:
        """It was told all up to ``seq``; hold it until then, which may be now. False, and nothing changes, where it is
        held no more."""

    async def failed(self, claimed: ClaimedHook, hook: OutgoingHook, *, retry_at: datetime) -> bool:
        """Let go of it after a failure that has made ``hook`` of it. False, and nothing changes, where it is held no
        more."""
