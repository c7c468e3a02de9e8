"""From events to the times at which they take place."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from application.ports.clock import Clock
from application.ports.recurrence import Recurrence
from domain.calendar import CalendarEvent, Details, Occurrence, in_order
from domain.errors import Fault, InvalidInput

_DAY = timedelta(days=1)
_INSTANT = timedelta(milliseconds=1)


class Expansion:
    """Expands events for a stretch of time; days are those of ``zone``."""

    def __init__(self, recurrence: Recurrence, clock: Clock, zone: tzinfo, patience: timedelta) -> None:
        self._recurrence = recurrence
        self._clock = clock
        self._patience = patience
        self.zone = zone

    async def of_all(
        self, events: Sequence[CalendarEvent], begin: datetime, end: datetime
    ) -> AsyncIterator[Occurrence]:
        """What takes place at some moment from ``begin`` to ``end``, event after event.

        Whoever has much that repeats keeps nobody else from their turn.

        Raises:
            InvalidInput: it takes too long.
        """
        started = self._clock.now()
        for event in events:
            if event.repetition is not None:
                await self._clock.sleep(0)
                if self._clock.now() - started > self._patience:
                    raise InvalidInput(details=[Fault("to", "is too far away for all that repeats before it")])
            for occurrence in self.of(event, begin, end):
                yield occurrence

    async def between(
        self, events: Sequence[CalendarEvent], begin: datetime, end: datetime, *, limit: int
    ) -> list[Occurrence]:
        """What takes place at some moment from ``begin`` to ``end``, by start.

        Raises:
            InvalidInput: there are more than ``limit`` of them, or it takes too long.
        """
        found: list[Occurrence] = []
        async for occurrence in self.of_all(events, begin, end):
            found.append(occurrence)
            if len(found) > limit:
                raise InvalidInput(details=[Fault("to", f"is too far away: more than {limit} events lie before it")])
        return in_order(found)

    def of(self, event: CalendarEvent, begin: datetime, end: datetime) -> list[Occurrence]:
        """When the one event takes place between these times, by start."""
        return in_order([each for each in self._candidates(event, begin, end) if self._touches(each, begin, end)])

    def details_at(self, event: CalendarEvent, original: datetime) -> Details | None:
        """What the occurrence of this time says; None where there is none, or it is cancelled."""
        departure = event.departure_at(original)
        if departure is not None:
            return departure.details
        starts = self._starts(event, original, original + _INSTANT)
        return next((event.details.moved_to(start) for start in starts if start == original), None)

    def _candidates(self, event: CalendarEvent, begin: datetime, end: datetime) -> Iterator[Occurrence]:
        if event.repetition is None:
            yield Occurrence(event, event.details)
            return
        departures = {departure.original: departure.details for departure in event.departures}
        length = event.details.end - event.details.start
        slack = 2 * _DAY if event.details.all_day else timedelta(0)
        for start in self._starts(event, begin - length - slack, end + slack):
            if start not in departures:
                yield Occurrence(event, event.details.moved_to(start), start)
        for original, details in departures.items():
            if details is not None:
                yield Occurrence(event, details, original)

    def _starts(self, event: CalendarEvent, begin: datetime, end: datetime) -> Iterator[datetime]:
        if event.repetition is None:
            return iter(())
        return self._recurrence.starts(event.repetition, event.details.start, begin=begin, end=end)

    def _touches(self, occurrence: Occurrence, begin: datetime, end: datetime) -> bool:
        first, last = occurrence.details.span(self.zone)
        return first < end and (last > begin or first >= begin)
