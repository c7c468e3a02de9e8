"""How much one may ask of Jarvis in a day."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from application.ports.clock import Clock
from application.ports.unit_of_work import UnitOfWork, Work
from domain.answers import Usage
from domain.errors import AiQuotaExceeded
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class DailyQuota:
    """Questions and tokens that one person may take in a day; None where there is no limit."""

    requests: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody has taken of the quota, and when the day ends."""

    used: Usage
    quota: DailyQuota
    resets_at: datetime

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left of one of the two."""
        quota, used = self.quota, self.used
        return (quota.requests is not None and used.requests >= quota.requests) or (
            quota.tokens is not None and used.tokens >= quota.tokens
        )


class Quotas:
    """Counts by the day of one time zone."""

    def __init__(self, work: Work, clock: Clock, time_zone: tzinfo, quota: DailyQuota) -> None:
        self._work = work
        self._clock = clock
        self._zone = time_zone
        self._quota = quota

    async def allowance(self, actor: Actor) -> Allowance:
        """What the actor has taken today."""
        async with self._work() as work:
            return await self._allowance(work, actor)

    async def exceeded(self, actor: Actor) -> AiQuotaExceeded | None:
        """What the actor is told who has asked as much as one may in a day; None where something is left."""
        try:
            await self.require_left(actor)
        except AiQuotaExceeded as error:
            return error
        return None

    async def require_left(self, actor: Actor) -> None:
        """Raise AiQuotaExceeded where the actor has asked as much as one may in a day."""
        if self._quota != DailyQuota():
            async with self._work() as work:
                await self._require_left_in(work, actor)

    async def take(self, actor: Actor) -> None:
        """Count something that the actor asks. Raises AiQuotaExceeded where nothing is left."""
        async with self._work() as work:
            await self.take_in(work, actor)

    async def take_in(self, work: UnitOfWork, actor: Actor) -> None:
        """The same within a unit of work that is open, and before it locks a room. Questions to Jarvis count by
        themselves."""
        await self.require_left_in(work, actor)
        await work.ai_usage.charge(actor.id, Usage(requests=1, tokens=0), at=self._clock.now())

    async def require_left_in(self, work: UnitOfWork, actor: Actor) -> None:
        """Raise AiQuotaExceeded where nothing is left; until the unit of work ends nobody else takes what is."""
        if self._quota != DailyQuota():
            await work.ai_usage.hold(actor.id)
            await self._require_left_in(work, actor)

    async def _require_left_in(self, work: UnitOfWork, actor: Actor) -> None:
        allowance = await self._allowance(work, actor)
        if allowance.is_used_up:
            wait = (allowance.resets_at - self._clock.now()).total_seconds()
            raise AiQuotaExceeded(retry_after=max(wait, 1.0))

    async def _allowance(self, work: UnitOfWork, actor: Actor) -> Allowance:
        begins, ends = self._today()
        return Allowance(await work.ai_usage.since(actor.id, begins), self._quota, ends)

    def _today(self) -> tuple[datetime, datetime]:
        today = self._clock.now().astimezone(self._zone).date()
        tomorrow = today + timedelta(days=1)
        return datetime.combine(today, time.min, self._zone), datetime.combine(tomorrow, time.min, self._zone)
