"""How calendars look on the wire."""

from adapters.wire.shapes import Json, optional_time, wire_time
from domain.calendar import CalendarEvent, Details, Occurrence


def calendar_event_json(event: CalendarEvent) -> Json:
    """An event; one that repeats is shown at its first time."""
    return {**_entry(event, event.details), "occurrence": None}


def occurrence_json(occurrence: Occurrence) -> Json:
    """One time of an event; ``occurrence`` names it where there are others."""
    return {**_entry(occurrence.event, occurrence.details), "occurrence": optional_time(occurrence.original)}


def _entry(event: CalendarEvent, details: Details) -> Json:
    repetition = event.repetition
    return {
        "id": event.id,
        "title": details.title,
        "start": wire_time(details.start),
        "end": wire_time(details.end),
        "color": details.color,
        "createdAt": wire_time(event.created_at),
        "updatedAt": wire_time(event.updated_at),
        "allDay": details.all_day,
        "location": details.location,
        "description": details.description,
        "recurrence": None if repetition is None else repetition.rule,
        "timezone": None if repetition is None else repetition.zone,
        "exceptions": [
            {"occurrence": wire_time(each.original), "cancelled": each.details is None} for each in event.departures
        ],
        "organizerId": event.organizer_id,
        "roomId": event.room_id,
        "attendeeIds": list(event.attendee_ids),
    }
