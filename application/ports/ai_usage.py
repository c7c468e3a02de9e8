"""What people have asked of the language model, as it is kept."""

from datetime import datetime
from typing import Protocol

from domain.answers import Usage
from domain.ids import UserId


class AiUsageRepository(Protocol):
    """Usage by person and moment. A bot's is its owner's; nothing that is deleted takes from it."""

    async def hold(self, asker_id: UserId) -> None:
        """Have others who hold the same wait until this unit of work ends: so that nobody asks twice at once with what
        is left for one question. A person and their bots hold the same."""

    async def charge(self, asker_id: UserId, usage: Usage, *, at: datetime) -> None:
        """Add to what somebody has asked."""

    async def since(self, asker_id: UserId, moment: datetime) -> Usage:
        """What somebody has asked since then, themself and by bots, also revoked ones; of a bot, what its owner has."""

    async def forget(self, *, before: datetime) -> None:
        """Keep nothing from before that moment."""
