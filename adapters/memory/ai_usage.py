"""What people have asked of the language model."""

from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.answers import Usage
from domain.ids import UserId


class InMemoryAiUsageRepository:
    """Usage by person, oldest first."""

    def __init__(self, store: InMemoryStore) -> None:
        self._bots = store.bots
        self._usage = store.ai_usage

    async def hold(self, asker_id: UserId) -> None:
        """Nothing is done at once here."""

    async def charge(self, asker_id: UserId, usage: Usage, *, at: datetime) -> None:
        self.add(asker_id, usage, at)

    def add(self, asker_id: UserId, usage: Usage, at: datetime) -> None:
        """Add to what somebody has asked."""
        person_id = self._person(asker_id)
        self._usage.put(person_id, (*(self._usage.get(person_id) or ()), (at, usage)))

    async def since(self, asker_id: UserId, moment: datetime) -> Usage:
        taken = [usage for at, usage in self._usage.get(self._person(asker_id)) or () if at >= moment]
        return Usage(sum(usage.requests for usage in taken), sum(usage.tokens for usage in taken))

    async def forget(self, *, before: datetime) -> None:
        for person_id in list(self._usage):
            taken = self._usage[person_id]
            self._usage.put(person_id, tuple((at, usage) for at, usage in taken if at >= before))

    def _person(self, asker_id: UserId) -> UserId:
        return self._bots[asker_id].owner_id if asker_id in self._bots else asker_id
