"""A person's week, across all the rooms that the person is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from application.ports.clock import Clock
from application.ports.matters import Choice
from application.ports.unit_of_work import Work
from domain.ideas import Card
from domain.matters import Matter, MatterKind, MatterState
from domain.pulse import PulseReport
from domain.rooms import RoomSummary
from domain.users import Actor
from domain.weeks import Week

MOST = 100
"""How many of each there may be."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stands out: of each the newest, at most 100; what is overdue by how long it has been."""

    week: Week
    rooms: Sequence[RoomSummary]
    cards: Sequence[Card]
    reports: Sequence[PulseReport]
    decisions: Sequence[Matter]
    tasks: Sequence[Matter]
    overdue: Sequence[Matter]


class Insights:
    """What stands out for somebody."""

    def __init__(self, work: Work, clock: Clock, zone: tzinfo) -> None:
        """``zone``: by whose clocks a day is over, and something overdue."""
        self._work = work
        self._clock = clock
        self._zone = zone

    async def outlook(self, actor: Actor) -> Outlook:
        """The actor's week: only of rooms that the actor is in."""
        now = self._clock.now()
        today = now.astimezone(self._zone).date()
        async with self._work() as work:
            rooms = await work.rooms.of_user(actor.id)
            week = Week.of(now)
            cards = await work.cards.of_rooms([one.room.id for one in rooms], week=week, since=week.since)
            reports = await work.pulse_reports.of_reader(actor.id, take=MOST)
            decisions = await work.matters.of_reader(actor.id, Choice(MatterKind.DECISION, MatterState.OPEN), take=MOST)
            tasks = await work.matters.of_reader(actor.id, Choice(MatterKind.TASK, MatterState.OPEN), take=MOST)
            late = Choice(state=MatterState.OPEN, due_before=today)
            overdue = await work.matters.of_reader(actor.id, late, take=MOST)
        return Outlook(
            week,
            rooms,
            cards[:MOST],
            reports,
            decisions,
            tasks,
            sorted(overdue, key=lambda matter: (matter.due or today, matter.id)),
        )
