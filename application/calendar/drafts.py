"""What people ask for when they plan something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.calendar import CalendarEvent, Occurrence
from domain.ids import RoomId, UserId


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise with an event; None leaves it as it is.

    ``rule`` is an RRULE, an empty text ends the repetition; ``zone`` is the IANA zone by whose clocks it goes.
    ``attendee_ids`` are members of the room; where only ``room_id`` is named, all its members are meant.
    """

    title: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    all_day: bool | None = None
    color: str | None = None
    location: str | None = None
    description: str | None = None
    rule: str | None = None
    zone: str | None = None
    room_id: RoomId | None = None
    attendee_ids: Sequence[UserId] | None = None

    @property
    def of_details(self) -> Mapping[str, object]:
        """What concerns a single occurrence as well."""
        names = ("title", "start", "end", "all_day", "color", "location", "description")
        return {name: getattr(self, name) for name in names}

    @property
    def of_the_whole(self) -> bool:
        """Whether something is named that only a whole event has."""
        return any(value is not None for value in (self.rule, self.zone, self.room_id, self.attendee_ids))


@dataclass(frozen=True, slots=True)
class Draft(Change):
    """A new event: title, start and end must be there."""


@dataclass(frozen=True, slots=True)
class Planned:
    """An event as it is now kept, and what else the one who planned it has at that time."""

    event: CalendarEvent
    conflicts: Sequence[Occurrence]


@dataclass(frozen=True, slots=True)
class CalendarLimits:
    """``events`` one person may organize; ``window`` that may be asked for at once, and ``occurrences`` told of it;
    ``conflicts`` told of a plan, looked for among its first ``checked`` occurrences within ``ahead``; ``patience`` with
    what takes long to expand."""

    events: int = 10_000
    window: timedelta = timedelta(days=400)
    occurrences: int = 5_000
    conflicts: int = 10
    checked: int = 20
    ahead: timedelta = timedelta(days=62)
    patience: timedelta = timedelta(seconds=5)
