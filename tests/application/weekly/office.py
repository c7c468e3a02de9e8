"""Where reports are made and decisions and tasks found, over Jarvis in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from application.gleaning import KIND as MATTERS
from application.gleaning import Gleaning
from application.jobs import JobHandler
from application.matters import Matters
from application.portions import Portions
from application.ports.matter_finder import Finding
from application.ports.summarizer import Material
from application.pulse import KIND, Pulse
from application.summaries import Summaries
from application.weekly import weekly_lane
from domain.ids import RoomId
from domain.jobs import Job, job_lane
from domain.pulse import PulseDraft
from domain.users import Actor
from tests.application.test_summaries import Clerk
from tests.in_memory import InMemoryJarvis

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = datetime(2026, 2, 23, 0, 0, tzinfo=UTC)
"""09:00 in Seoul of the Monday after the week that tests begin in."""


class Scribe:
    """A writer and finder that keeps what it was given, and fails as it is told."""

    def __init__(self) -> None:
        self.given: list[Material] = []
        self.looked_through: list[Material] = []
        self.faults: list[Exception] = []
        self.findings: list[Finding] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def report(self, material: Material) -> PulseDraft:
        self.given.append(material)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        return PulseDraft(f"report {len(self.given)}")

    async def found(self, material: Material, today: date) -> Sequence[Finding]:
        self.looked_through.append(material)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        refs = {said.ref for said in material.said}
        return [finding for finding in self.findings if finding.ref in refs]


class Office:
    """Reports and findings over Jarvis in memory, and a worker that makes them."""

    def __init__(self, jarvis: InMemoryJarvis) -> None:
        self.jarvis, self.scribe, self.clerk = jarvis, Scribe(), Clerk()
        summaries = Summaries(self.clerk, Portions(tokens=600))
        parts = jarvis.work, summaries, self.scribe, jarvis.jobs, jarvis.clock, jarvis.ids, SEOUL
        self.pulse, self.gleaning = Pulse(*parts, jarvis.quotas), Gleaning(*parts)
        self.matters = Matters(jarvis.work, jarvis.clock, jarvis.ids)

    @property
    def handlers(self) -> Mapping[str, JobHandler]:
        return {KIND: self.pulse.make, MATTERS: self.gleaning.glean}

    async def run(self, kind: str, room_id: RoomId) -> None:
        """Have a worker do the jobs of this kind in the room, and those of its week."""
        for lane in (job_lane(kind, room_id), weekly_lane(room_id)):
            await self.jarvis.working(lane, self.handlers)

    async def made(self, actor: Actor, room_id: RoomId) -> Job:
        """A report's job, once a worker has done it."""
        job_id = await self.pulse.ask(actor, room_id)
        await self.run(KIND, room_id)
        return await self.jarvis.job(job_id)

    def until(self, at: datetime) -> None:
        self.jarvis.clock.advance((at - self.jarvis.clock.now()).total_seconds())

    def weekly(self, kind: str) -> list[Job]:
        return [kept.job for kept in self.jarvis.store.jobs.values() if kept.job.kind == kind and kept.job.key]
