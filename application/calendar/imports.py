"""Taking over what stands in a calendar of another program."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.calendar.drafts import CalendarLimits
from application.calendar.turns import Turns
from application.ports.calendar_files import CalendarFiles, FiledEvent, Unread
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.unit_of_work import UnitOfWork, Work
from domain.calendar import CalendarEvent
from domain.errors import DuplicateEntry
from domain.events import CalendarChange, CalendarUpdated
from domain.ids import CalendarEventId, UserId
from domain.users import Actor


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the events of a file."""

    added: int
    updated: int
    unchanged: int
    skipped: Sequence[Unread]


class CalendarImport:
    """A uid stands for one event, however often a file is brought."""

    def __init__(
        self,
        work: Work,
        files: CalendarFiles,
        clock: Clock,
        ids: IdSource,
        limits: CalendarLimits | None = None,
    ) -> None:
        self._work = work
        self._files = files
        self._clock = clock
        self._ids = ids
        self._limits = limits or CalendarLimits()
        self._turns = Turns()

    async def bring(self, actor: Actor, data: bytes) -> Imported:
        """Take over the events of an iCalendar file: those with a new uid are added, those of the actor's own that say
        something else now are changed, and those that others organize stay as they are.

        Raises:
            InvalidInput: the file cannot be read; nothing is changed.
            CalendarFull: the actor would organize too much, or the file alone holds more; nothing is changed.
        """
        async with self._turns.of(actor.id):
            filed, skipped = await self._files.read(data, limit=self._limits.events)
        try:
            return await self._take(actor, filed, skipped)
        except DuplicateEntry:  # the same file was brought twice at once, and the other one is done now
            return await self._take(actor, filed, skipped)

    async def _take(self, actor: Actor, filed: Sequence[FiledEvent], skipped: Sequence[Unread]) -> Imported:
        async with self._work() as work:
            found = await work.calendar.by_uids(actor.id, [each.uid for each in filed])
            known = {event.uid: event for event in sorted(found, key=lambda event: event.organizer_id == actor.id)}
            new = [self._new(actor, each) for each in filed if each.uid not in known]
            changed = await self._change(work, actor, [each for each in filed if each.uid in known], known)
            await work.calendar.add(new, limit=self._limits.events)
            others = _others(changed)
            if new or changed:
                work.announce(CalendarUpdated((actor.id,), CalendarChange.IMPORTED))
            if others:
                work.announce(CalendarUpdated(others, CalendarChange.IMPORTED))
        return Imported(len(new), len(changed), len(filed) - len(new) - len(changed), skipped)

    async def _change(
        self, work: UnitOfWork, actor: Actor, filed: Sequence[FiledEvent], known: dict[str, CalendarEvent]
    ) -> Sequence[CalendarEvent]:
        changed = []
        for each in sorted(filed, key=lambda each: known[each.uid].id):
            if known[each.uid].organizer_id != actor.id or _same(known[each.uid], each):
                continue
            event = await work.calendar.lock(known[each.uid].id)
            event = replace(
                event,
                details=replace(each.details, color=event.details.color),
                repetition=each.repetition,
                departures=each.departures,
                updated_at=self._clock.now(),
                revision=event.revision + 1,
            )
            await work.calendar.replace(event)
            changed.append(event)
        return changed

    def _new(self, actor: Actor, filed: FiledEvent) -> CalendarEvent:
        now = self._clock.now()
        return CalendarEvent(
            id=CalendarEventId(self._ids.new()),
            uid=filed.uid,
            organizer_id=actor.id,
            details=filed.details,
            created_at=now,
            updated_at=now,
            repetition=filed.repetition,
            departures=filed.departures,
        )


def _same(event: CalendarEvent, filed: FiledEvent) -> bool:
    details = replace(filed.details, color=event.details.color)
    return (event.details, event.repetition, event.departures) == (details, filed.repetition, filed.departures)


def _others(events: Sequence[CalendarEvent]) -> tuple[UserId, ...]:
    return tuple(dict.fromkeys(id_ for event in events for id_ in event.attendee_ids))
