"""What stands in calendars, as it is kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.calendar import CalendarEvent
from domain.ids import CalendarEventId, UserId


class CalendarEventRepository(Protocol):
    """All events. A person has those that they organize and those that they attend."""

    async def add(self, events: Sequence[CalendarEvent], *, limit: int) -> None:
        """Keep new events, all of one organizer's.

        Raises:
            DuplicateEntry: the organizer has one with the same uid.
            CalendarFull: the organizer would have more than ``limit``.
        """

    async def get(self, event_id: CalendarEventId) -> CalendarEvent:
        """The event. Raises NotFound."""

    async def lock(self, event_id: CalendarEventId) -> CalendarEvent:
        """The event, held against any other change until the end of the unit of work. Raises NotFound."""

    async def replace(self, event: CalendarEvent) -> None:
        """Keep a new state of an event that is locked, or that this unit of work has just added."""

    async def remove(self, event_id: CalendarEventId) -> None:
        """Forget the event; nothing happens where there is none."""

    async def of_user(
        self, user_id: UserId, *, begin: datetime | None = None, end: datetime | None = None
    ) -> Sequence[CalendarEvent]:
        """The person's events, by start and id: all, or those whose reach touches ``begin`` to ``end``."""

    async def by_uids(self, user_id: UserId, uids: Sequence[str]) -> Sequence[CalendarEvent]:
        """Those of the person's events that have one of these uids."""
