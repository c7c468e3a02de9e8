"""Calendars."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Count, Id, Time


class EventException(TypedDict):
    """A time of a repeating event that is not as the others: it has been moved, or does not take place."""

    occurrence: Time
    cancelled: bool


class CalendarEvent(TypedDict):
    """An event, or one time of it where ``occurrence`` names which."""

    id: Id
    title: str
    start: Time
    end: Time
    color: str
    createdAt: Time
    updatedAt: Time
    allDay: bool
    location: str
    description: str
    recurrence: str | None
    timezone: str | None
    occurrence: Time | None
    exceptions: list[EventException]
    organizerId: Id
    roomId: Id | None
    attendeeIds: list[Id]


class Planned(CalendarEvent):
    """The event as it is now, and what the caller has at the same time."""

    conflicts: list[CalendarEvent]


class Feed(TypedDict):
    """Whether other programs can read the calendar."""

    open: bool
    createdAt: Time | None


class OpenedFeed(TypedDict):
    """Where other programs read the calendar; the path is its secret and shown this once."""

    path: str
    createdAt: Time | None


class SkippedEvent(TypedDict):
    """An event of a file that was not taken over, and why."""

    title: str
    reason: str


class Imported(TypedDict):
    """What was taken over of a file; of the skipped ones, the first few are named."""

    ok: Literal[True]
    added: Count
    updated: Count
    unchanged: Count
    skipped: Count
    skippedEvents: list[SkippedEvent]
