"""The calendar of the person who asks.

A public answer is read by the whole room: there only events are shown, changed or taken off that every member has in
their own calendar. The rest is for personal answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from application.calendar.drafts import Change, Draft, Planned
from application.calendar.plan import Calendar
from application.jarvis.phrases import is_korean
from application.jarvis.toolbox import Tool, ToolUse
from application.rooms import Rooms
from domain.calendar import CalendarEvent, Occurrence, moment
from domain.errors import DuplicateEntry, Forbidden, NotFound
from domain.ids import CalendarEventId

SHOWN = 30
_WHEN = "ISO 8601 in the time zone of the conversation, such as 2026-03-02T15:00, or a date alone for a whole day."
_ID = {"description": "The id that a list or a search has shown.", "min_length": 36, "max_length": 36}
_PRIVATE = "This entry is not in every member's calendar, so it is no matter for the room: ask for a personal answer."


@dataclass(frozen=True, slots=True)
class ListEvents:
    """Arguments of calendar_list_events."""

    begin: str = field(metadata={"description": f"From when. {_WHEN}", "max_length": 40})
    end: str = field(metadata={"description": f"Until when. {_WHEN}", "max_length": 40})


@dataclass(frozen=True, slots=True)
class FindEvents:
    """Arguments of calendar_find_events."""

    words: str = field(metadata={"description": "Words in title, place or notes.", "min_length": 1, "max_length": 200})


@dataclass(frozen=True, slots=True)
class CreateEvent:
    """Arguments of calendar_create_event."""

    title: str = field(metadata={"min_length": 1, "max_length": 200})
    start: str = field(metadata={"description": _WHEN, "max_length": 40})
    end: str | None = field(
        default=None,
        metadata={"description": f"Left out: an hour after the start. {_WHEN}", "max_length": 40},
    )
    location: str | None = field(default=None, metadata={"max_length": 200})
    repeat: str | None = field(
        default=None, metadata={"description": "An RRULE such as FREQ=WEEKLY;BYDAY=MO.", "max_length": 200}
    )


@dataclass(frozen=True, slots=True)
class UpdateEvent:
    """Arguments of calendar_update_event."""

    id: str = field(metadata=_ID)
    title: str | None = field(default=None, metadata={"min_length": 1, "max_length": 200})
    start: str | None = field(default=None, metadata={"description": _WHEN, "max_length": 40})
    end: str | None = field(default=None, metadata={"description": _WHEN, "max_length": 40})
    location: str | None = field(default=None, metadata={"max_length": 200})


@dataclass(frozen=True, slots=True)
class DeleteEvent:
    """Arguments of calendar_delete_event."""

    id: str = field(metadata=_ID)


class CalendarTools:
    """Tools over the calendar."""

    def __init__(self, calendar: Calendar, rooms: Rooms) -> None:
        self._calendar = calendar
        self._rooms = rooms

    def all(self) -> Sequence[Tool]:
        """The tools."""
        return (
            Tool("calendar_list_events", "What is in the calendar between two times.", ListEvents, self._list),
            Tool("calendar_find_events", "What in the calendar mentions some words.", FindEvents, self._find),
            Tool("calendar_create_event", "Makes an appointment.", CreateEvent, self._create),
            Tool("calendar_update_event", "Changes an appointment.", UpdateEvent, self._update),
            Tool(
                "calendar_delete_event",
                "Takes an appointment off the calendar.",
                DeleteEvent,
                self._delete,
                self._before_deleting,
            ),
        )

    async def _list(self, use: ToolUse, asked: ListEvents) -> object:
        begin, end = self._at(use, asked.begin, "begin"), self._at(use, asked.end, "end")
        if end == begin:
            end = begin + timedelta(days=1)
        return await self._shown(use, await self._calendar.between(use.actor, begin, end))

    async def _find(self, use: ToolUse, asked: FindEvents) -> object:
        return await self._shown(use, await self._calendar.find(use.actor, asked.words))

    async def _create(self, use: ToolUse, asked: CreateEvent) -> object:
        start = moment(asked.start, "start", zone=use.zone)
        end = self._at(use, asked.end, "end") if asked.end is not None else None
        draft = Draft(
            title=asked.title,
            start=start.at,
            end=end if end is not None else (start.at if start.is_date else start.at + timedelta(hours=1)),
            all_day=start.is_date,
            location=asked.location,
            rule=asked.repeat,
        )
        event_id = CalendarEventId(use.key)
        try:
            planned = await self._calendar.create(use.actor, draft, event_id=event_id)
        except DuplicateEntry:
            # It was made by this very call, before its worker died.
            planned = Planned(await self._calendar.event(use.actor, event_id), ())
        return await self._planned(use, planned)

    async def _update(self, use: ToolUse, asked: UpdateEvent) -> object:
        event = await self._event(use, asked.id)
        start = self._at(use, asked.start, "start") if asked.start is not None else None
        end = self._at(use, asked.end, "end") if asked.end is not None else None
        if start is not None and end is None:
            end = start + (event.details.end - event.details.start)
        change = Change(title=asked.title, start=start, end=end, location=asked.location)
        return await self._planned(use, await self._calendar.update(use.actor, event.id, change))

    async def _before_deleting(self, use: ToolUse, asked: DeleteEvent) -> str | None:
        event = await self._event(use, asked.id)
        when = event.details.start.astimezone(use.zone)
        what = f"“{event.details.title}” ({when:%Y-%m-%d %H:%M})"
        return f"일정 {what}을(를) 지울까요?" if is_korean(event.details.title) else f"Delete the appointment {what}?"

    async def _delete(self, use: ToolUse, asked: DeleteEvent) -> object:
        try:
            event = await self._event(use, asked.id)
        except NotFound:
            return {"deleted": True}  # it is not there any more, which is what was asked for
        use.require_agreed()
        await self._calendar.delete(use.actor, event.id)
        return {"deleted": True, "title": event.details.title}

    async def _event(self, use: ToolUse, id_: str) -> CalendarEvent:
        try:
            event_id = CalendarEventId(UUID(id_))
        except ValueError:
            raise NotFound from None
        event = await self._calendar.event(use.actor, event_id)
        if not await self._is_for_the_room(use, [event]):
            raise Forbidden(_PRIVATE)
        return event

    async def _is_for_the_room(self, use: ToolUse, events: Sequence[CalendarEvent]) -> bool:
        return use.personal or len(await self._for_the_room(use, events)) == len(events)

    async def _for_the_room(self, use: ToolUse, events: Sequence[CalendarEvent]) -> set[CalendarEventId]:
        """The ids of those that every member of the room has in their own calendar."""
        members = {present.user.id for present in await self._rooms.members(use.actor, use.room_id)}
        return {event.id for event in events if members <= set(event.concerned)}

    async def _shown(self, use: ToolUse, occurrences: Sequence[Occurrence]) -> object:
        told = list(occurrences)
        if not use.personal:
            known = await self._for_the_room(use, [one.event for one in told])
            told = [one for one in told if one.event.id in known]
        shown: dict[str, object] = {"events": [self._entry(use, one) for one in told[:SHOWN]]}
        if len(told) > SHOWN:
            shown["more"] = len(told) - SHOWN
        if not use.personal:
            shown["note"] = "Only what is in every member's calendar; for the rest, a personal answer can be asked for."
        return shown

    async def _planned(self, use: ToolUse, planned: Planned) -> object:
        event = planned.event
        kept: dict[str, object] = self._entry(use, Occurrence(event, event.details))
        if use.personal and planned.conflicts:
            kept["overlaps"] = [self._entry(use, one) for one in planned.conflicts]
        return kept

    @staticmethod
    def _entry(use: ToolUse, occurrence: Occurrence) -> dict[str, object]:
        details = occurrence.details
        zone = None if details.all_day else use.zone
        start, end = (at if zone is None else at.astimezone(zone) for at in (details.start, details.end))
        entry: dict[str, object] = {
            "id": str(occurrence.event.id),
            "title": details.title,
            "start": start.date().isoformat() if details.all_day else start.isoformat(timespec="minutes"),
            "end": end.date().isoformat() if details.all_day else end.isoformat(timespec="minutes"),
        }
        return entry | ({"location": details.location} if details.location else {})

    @staticmethod
    def _at(use: ToolUse, text: str, name: str) -> datetime:
        read = moment(text, name, zone=use.zone)
        return read.at.replace(tzinfo=use.zone) if read.is_date else read.at
