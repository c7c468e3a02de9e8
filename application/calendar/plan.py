"""What people plan, alone and with the members of a room."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from application.calendar.drafts import CalendarLimits, Change, Draft, Planned
from application.calendar.expansion import Expansion
from application.membership import require_member
from application.ports.clock import Clock
from application.ports.ids import IdSource
from application.ports.recurrence import Recurrence
from application.ports.unit_of_work import UnitOfWork, Work
from domain.calendar import (
    LONGEST_REPEATED,
    CalendarEvent,
    Departure,
    Details,
    Occurrence,
    Repetition,
    mentions,
    overlap,
    patched,
    words_of,
)
from domain.errors import Fault, InvalidInput, NotFound
from domain.events import CalendarChange, CalendarUpdated
from domain.ids import CalendarEventId, RoomId, UserId
from domain.users import Actor

LOOK_BACK, LOOK_AHEAD = timedelta(days=31), timedelta(days=366)
"""Where words are looked for when no time is named."""

_ALL_DAY_ZONE = "UTC"


class Calendar:
    """A person's calendar: their own events, which they alone may change, and those that they attend."""

    def __init__(
        self,
        work: Work,
        recurrence: Recurrence,
        clock: Clock,
        ids: IdSource,
        zone: str = "Asia/Seoul",
        limits: CalendarLimits | None = None,
    ) -> None:
        self._work = work
        self._recurrence = recurrence
        self._clock = clock
        self._ids = ids
        self._zone = zone
        self._limits = limits or CalendarLimits()
        self._expansion = Expansion(recurrence, clock, ZoneInfo(zone), self._limits.patience)

    async def events(self, actor: Actor) -> Sequence[CalendarEvent]:
        """All the actor's events by start; one that repeats stands there once, at its first time."""
        async with self._work() as work:
            return await work.calendar.of_user(actor.id)

    async def event(self, actor: Actor, event_id: CalendarEventId) -> CalendarEvent:
        """One of the actor's events. Raises NotFound, also where it is no affair of theirs."""
        async with self._work() as work:
            event = await work.calendar.get(event_id)
        return _concerning(event, actor)

    async def between(
        self, actor: Actor, begin: datetime, end: datetime, *, words: str | None = None
    ) -> Sequence[Occurrence]:
        """What the actor has from ``begin`` to ``end``, by start, each time of what repeats by itself; where ``words``
        are given, only what mentions all of them.

        Raises:
            InvalidInput: the end does not come after the begin, or there is too much between them.
        """
        if not begin < end:
            raise InvalidInput(details=[Fault("to", "must come after from")])
        if end - begin > self._limits.window:
            raise InvalidInput(details=[Fault("to", f"must be at most {self._limits.window.days} days after from")])
        sought = words_of(words or "")
        async with self._work() as work:
            events = await work.calendar.of_user(actor.id, begin=begin, end=end)
        found = await self._expansion.between(
            [event for event in events if event.departures or mentions(event.details, sought)],
            begin,
            end,
            limit=self._limits.occurrences,
        )
        return [occurrence for occurrence in found if mentions(occurrence.details, sought)]

    async def find(
        self, actor: Actor, words: str, *, begin: datetime | None = None, end: datetime | None = None
    ) -> Sequence[Occurrence]:
        """What mentions all of the words in title, place or description, from a month ago to a year from now where no
        other times are named. Raises InvalidInput as ``between`` does."""
        begin = begin or min(self._clock.now(), end or self._clock.now()) - LOOK_BACK
        return await self.between(actor, begin, end or begin + LOOK_BACK + LOOK_AHEAD, words=words)

    async def conflicts(
        self, actor: Actor, start: datetime, end: datetime, *, besides: CalendarEventId | None = None
    ) -> Sequence[Occurrence]:
        """What the actor has at that time already, but for the event ``besides``."""
        return await self._conflicts(actor, [(start, end)], besides)

    async def create(self, actor: Actor, draft: Draft, *, event_id: CalendarEventId | None = None) -> Planned:
        """Plan something. Who is to attend has it in their calendar at once.

        ``event_id`` is the id it gets, where whoever plans it may have to do so again.

        Raises:
            InvalidInput: something is missing or does not fit together, or names people who are not in the room.
            Forbidden: the actor is no member of the room.
            CalendarFull: the actor organizes too much already.
            DuplicateEntry: there is an event of this id.
        """
        details = _first(draft)
        event_id, now = event_id or CalendarEventId(self._ids.new()), self._clock.now()
        event = CalendarEvent(
            id=event_id,
            uid=f"{event_id}@jarvis",
            organizer_id=actor.id,
            details=details,
            created_at=now,
            updated_at=now,
            repetition=self._repetition(details, draft.rule, draft.zone or self._zone),
        )
        async with self._work() as work:
            event = await self._with_people(work, actor, event, draft)
            await work.calendar.add([event], limit=self._limits.events)
            work.announce(CalendarUpdated(event.concerned, CalendarChange.CREATED, event.id, event))
        return Planned(event, await self._conflicts_of(actor, event))

    async def update(
        self, actor: Actor, event_id: CalendarEventId, change: Change, *, occurrence: datetime | None = None
    ) -> Planned:
        """Change an event; of one that repeats, all of it, or the one ``occurrence`` that would start then.

        Occurrences that were changed or cancelled before stay so, unless start, rule or zone become others.

        Raises:
            NotFound: the actor organizes no such event, or it has no such occurrence.
            Forbidden: the actor is no member of the room.
            InvalidInput: as in ``create``.
        """
        async with self._work() as work:
            event = _own(await work.calendar.lock(event_id), actor)
            changed = (
                await self._changed(work, actor, event, change)
                if occurrence is None
                else self._departed(event, occurrence, change)
            )
            changed = replace(changed, updated_at=self._clock.now(), revision=event.revision + 1)
            await work.calendar.replace(changed)
            gone = tuple(id_ for id_ in event.attendee_ids if id_ not in changed.attendee_ids)
            work.announce(CalendarUpdated(changed.concerned, CalendarChange.UPDATED, event.id, changed))
            if gone:
                work.announce(CalendarUpdated(gone, CalendarChange.DELETED, event.id))
        return Planned(changed, await self._conflicts_of(actor, changed, occurrence))

    async def delete(self, actor: Actor, event_id: CalendarEventId, *, occurrence: datetime | None = None) -> None:
        """Take an event off the calendar: for everybody where the actor organizes it, else for the actor alone. With
        ``occurrence`` only the one time that would start then is cancelled, which is the organizer's to do.

        Raises:
            NotFound: there is no such event in the actor's calendar, or no such occurrence, or one is named of an event
                that somebody else organizes.
        """
        async with self._work() as work:
            event = _concerning(await work.calendar.lock(event_id), actor)
            now = self._clock.now()
            if occurrence is not None:
                event = self._cancelled(_own(event, actor), occurrence)
            elif event.organizer_id == actor.id:
                await work.calendar.remove(event.id)
                work.announce(CalendarUpdated(event.concerned, CalendarChange.DELETED, event.id))
                return
            else:
                event = replace(event, attendee_ids=tuple(id_ for id_ in event.attendee_ids if id_ != actor.id))
                work.announce(CalendarUpdated((actor.id,), CalendarChange.DELETED, event.id))
            event = replace(event, updated_at=now, revision=event.revision + 1)
            await work.calendar.replace(event)
            work.announce(CalendarUpdated(event.concerned, CalendarChange.UPDATED, event.id, event))

    async def _changed(self, work: UnitOfWork, actor: Actor, event: CalendarEvent, change: Change) -> CalendarEvent:
        details, before = patched(event.details, change.of_details), event.repetition
        if details.all_day != event.details.all_day and before is not None and change.zone is None:
            zone = self._zone
        else:
            zone = change.zone or (before.zone if before is not None else self._zone)
        rule = change.rule if change.rule is not None else (before.rule if before is not None else "")
        as_before = before is not None and (rule, _zone_of(details, zone)) == (before.rule, before.zone)
        if as_before and details.start == event.details.start:
            _require_repeatable(details)
            event = event.saying(details)
        else:
            event = replace(event, details=details, repetition=self._repetition(details, rule, zone), departures=())
        return await self._with_people(work, actor, event, change)

    def _departed(self, event: CalendarEvent, original: datetime, change: Change) -> CalendarEvent:
        if change.of_the_whole:
            raise InvalidInput(
                details=[Fault("occurrence", "has no repetition, room or attendees of its own: change the whole event")]
            )
        details = patched(self._details_at(event, original), change.of_details)
        if details.all_day != event.details.all_day:
            raise InvalidInput(details=[Fault("allDay", "must be the same for all occurrences of an event")])
        _require_repeatable(details)
        return event.departing(Departure(original, details))

    def _cancelled(self, event: CalendarEvent, original: datetime) -> CalendarEvent:
        self._details_at(event, original)
        return event.departing(Departure(original))

    def _details_at(self, event: CalendarEvent, original: datetime) -> Details:
        details = self._expansion.details_at(event, original)
        if details is None:
            raise NotFound("The event does not take place at that time.")
        return details

    def _repetition(self, details: Details, rule: str | None, zone: str) -> Repetition | None:
        if rule is None or not rule.strip():
            return None
        _require_repeatable(details)
        return self._recurrence.read(rule, details.start, _zone_of(details, zone))

    async def _with_people(self, work: UnitOfWork, actor: Actor, event: CalendarEvent, change: Change) -> CalendarEvent:
        room_id, chosen = change.room_id or event.room_id, change.attendee_ids
        if change.room_id is None and chosen is None:
            return event
        known = set(event.attendee_ids)
        members: Sequence[UserId] = ()
        if room_id is not None and (change.room_id is not None or not known.issuperset(chosen or ())):
            members = await _members(work, actor, room_id)
        named = dict.fromkeys(members if chosen is None else chosen)
        if not known.union(members).issuperset(named):
            raise InvalidInput(details=[Fault("attendeeIds", "must be members of the event's room")])
        attendees = tuple(id_ for id_ in named if id_ != event.organizer_id)
        return replace(event, room_id=room_id, attendee_ids=attendees)

    async def _conflicts_of(
        self, actor: Actor, event: CalendarEvent, original: datetime | None = None
    ) -> Sequence[Occurrence]:
        if original is not None:
            details = self._expansion.details_at(event, original)
            return [] if details is None else await self._conflicts(actor, [self._span(details)], event.id)
        begin, end = self._span(event.details)
        if event.repetition is None:
            return await self._conflicts(actor, [(begin, end)], event.id)
        first = self._expansion.of(event, begin, begin + self._limits.ahead)[: self._limits.checked]
        return await self._conflicts(actor, [self._span(each.details) for each in first], event.id)

    async def _conflicts(
        self, actor: Actor, spans: Sequence[tuple[datetime, datetime]], besides: CalendarEventId | None
    ) -> Sequence[Occurrence]:
        found: dict[tuple[CalendarEventId, datetime | None], Occurrence] = {}
        if not spans:
            return []
        begin, end = min(span[0] for span in spans), max(span[1] for span in spans) + timedelta(milliseconds=1)
        async with self._work() as work:
            events = await work.calendar.of_user(actor.id, begin=begin, end=end)
        others = [event for event in events if event.id != besides]
        with suppress(InvalidInput):  # what takes too long to find is no hint, and nothing is refused for it
            async for each in self._expansion.of_all(others, begin, min(end, begin + self._limits.window)):
                if any(overlap(self._span(each.details), span) for span in spans):
                    found[each.event.id, each.original] = each
        return sorted(found.values(), key=lambda each: (each.details.start, each.event.id))[: self._limits.conflicts]

    def _span(self, details: Details) -> tuple[datetime, datetime]:
        return details.span(self._expansion.zone)


def _first(draft: Draft) -> Details:
    title, start, end = draft.title, draft.start, draft.end
    faults = [
        Fault(field, "is missing")
        for field, value in (("title", title), ("start", start), ("end", end))
        if value is None
    ]
    if title is None or start is None or end is None:
        raise InvalidInput(details=faults)
    return patched(Details(title, start, end), draft.of_details)


def _zone_of(details: Details, zone: str) -> str:
    return _ALL_DAY_ZONE if details.all_day else zone


def _require_repeatable(details: Details) -> None:
    if details.end - details.start > LONGEST_REPEATED:
        raise InvalidInput(details=[Fault("end", f"must be at most {LONGEST_REPEATED.days} days after start here")])


def _concerning(event: CalendarEvent, actor: Actor) -> CalendarEvent:
    if actor.id not in event.concerned:
        raise NotFound
    return event


def _own(event: CalendarEvent, actor: Actor) -> CalendarEvent:
    if _concerning(event, actor).organizer_id != actor.id:
        raise NotFound("Only who organizes an event may change it.")
    return event


async def _members(work: UnitOfWork, actor: Actor, room_id: RoomId) -> Sequence[UserId]:
    await require_member(work, room_id, actor.id)
    return await work.members.ids(room_id)
