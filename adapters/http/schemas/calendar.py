"""Bodies that concern calendars."""

from adapters.http.schemas.body import Body


class PlannedEvent(Body):
    """Of POST and PUT /calendar/events: what is not named, or is null, has its default or stays as it is."""

    title: str | None = None
    start: str | None = None
    end: str | None = None
    color: str | None = None
    all_day: bool | None = None
    location: str | None = None
    description: str | None = None
    recurrence: str | None = None
    timezone: str | None = None
    room_id: str | None = None
    attendee_ids: list[str] | None = None
