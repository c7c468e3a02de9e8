"""Calendars."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from adapters.memory.store import InMemoryStore
from domain.calendar import CalendarEvent
from domain.errors import CalendarFull, DuplicateEntry, NotFound
from domain.ids import CalendarEventId, RoomId, UserId


class InMemoryCalendarEventRepository:
    """Events by id. Nothing needs to be held: units of work follow one another."""

    def __init__(self, store: InMemoryStore) -> None:
        self._events = store.calendar_events

    async def add(self, events: Sequence[CalendarEvent], *, limit: int) -> None:
        if not events:
            return
        organizer_id = events[0].organizer_id
        uids = {other.uid for other in self._events.values() if other.organizer_id == organizer_id}
        if len(uids) + len(events) > limit:
            raise CalendarFull
        for event in events:
            if event.id in self._events or event.uid in uids:
                raise DuplicateEntry
            uids.add(event.uid)
            self._events.put(event.id, event)

    async def get(self, event_id: CalendarEventId) -> CalendarEvent:
        event = self._events.get(event_id)
        if event is None:
            raise NotFound
        return event

    async def lock(self, event_id: CalendarEventId) -> CalendarEvent:
        return await self.get(event_id)

    async def replace(self, event: CalendarEvent) -> None:
        self._events.put(event.id, event)

    async def remove(self, event_id: CalendarEventId) -> None:
        self._events.remove(event_id)

    async def of_user(
        self, user_id: UserId, *, begin: datetime | None = None, end: datetime | None = None
    ) -> Sequence[CalendarEvent]:
        found = [event for event in self._events.values() if user_id in event.concerned and _reaches(event, begin, end)]
        return sorted(found, key=lambda event: (event.details.start, event.id))

    async def by_uids(self, user_id: UserId, uids: Sequence[str]) -> Sequence[CalendarEvent]:
        sought = frozenset(uids)
        return [event for event in await self.of_user(user_id) if event.uid in sought]

    def forget_room(self, room_id: RoomId) -> None:
        """Leave the events of a room's people where they are, without the room."""
        for event in [event for event in self._events.values() if event.room_id == room_id]:
            self._events.put(event.id, replace(event, room_id=None))


def _reaches(event: CalendarEvent, begin: datetime | None, end: datetime | None) -> bool:
    first, last = event.reach()
    return (end is None or first < end) and (begin is None or last is None or last >= begin)
