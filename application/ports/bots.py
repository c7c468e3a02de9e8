"""Bots, as they are kept."""

from collections.abc import Sequence
from typing import Protocol

from domain.bots import Bot
from domain.ids import RoomId, UserId
from domain.users import User


class BotRepository(Protocol):
    """All bots. What one is called and allowed is kept with its user."""

    async def add(self, bot: Bot, user: User) -> None:
        """Keep a new bot, and the user that it is."""

    async def find(self, bot_id: UserId) -> Bot | None:
        """The bot, or None where there is none of this id; also one that was revoked."""

    async def lock(self, bot_id: UserId) -> Bot:
        """The bot, held against any other change until the unit of work ends. Raises NotFound."""

    async def replace(self, bot: Bot) -> None:
        """Keep the bot as it is now; its name and its owner stay."""

    async def of_owner(self, owner_id: UserId) -> Sequence[Bot]:
        """The person's bots that were not revoked, the oldest first."""

    async def in_room(self, owner_id: UserId, room_id: RoomId) -> Sequence[Bot]:
        """The person's bots that are members of this room."""

    async def rooms_of(self, bot_id: UserId) -> Sequence[RoomId]:
        """The rooms that the bot is a member of, by id."""
