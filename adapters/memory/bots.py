"""Bots."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.memory.store import InMemoryStore
from domain.bots import Bot
from domain.errors import NotFound
from domain.ids import RoomId, UserId
from domain.users import User


@dataclass(frozen=True, slots=True)
class InMemoryBotRepository:
    """Bots by id, beside the users that they are."""

    _store: InMemoryStore

    async def add(self, bot: Bot, user: User) -> None:
        self._store.user_ids.put(user.email, user.id)
        self._store.users.put(user.id, user)
        self._store.bots.put(bot.id, bot)

    async def find(self, bot_id: UserId) -> Bot | None:
        return self._store.bots.get(bot_id)

    async def lock(self, bot_id: UserId) -> Bot:
        bot = self._store.bots.get(bot_id)
        if bot is None:
            raise NotFound
        return bot

    async def replace(self, bot: Bot) -> None:
        self._store.users.put(bot.id, replace(self._store.users[bot.id], rights=bot.rights))
        self._store.bots.put(bot.id, bot)

    async def of_owner(self, owner_id: UserId) -> Sequence[Bot]:
        return [bot for bot in self._all(owner_id) if bot.revoked_at is None]

    async def in_room(self, owner_id: UserId, room_id: RoomId) -> Sequence[Bot]:
        members = self._store.contents[room_id].members
        return [bot for bot in self._all(owner_id) if bot.id in members]

    async def rooms_of(self, bot_id: UserId) -> Sequence[RoomId]:
        return sorted(room_id for room_id in self._store.contents if bot_id in self._store.contents[room_id].members)

    def _all(self, owner_id: UserId) -> list[Bot]:
        found = [bot for bot in self._store.bots.values() if bot.owner_id == owner_id]
        return sorted(found, key=lambda bot: (bot.created_at, bot.id))
