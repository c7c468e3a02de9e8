"""Settings of calendars."""

from pydantic import Field
from pydantic_settings import BaseSettings

from application.calendar.drafts import CalendarLimits
from application.limits import CALENDAR_FILE


class CalendarSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    calendar_events: int = Field(
        default=CalendarLimits().events, ge=1, le=1_000_000, validation_alias="JARVIS_CALENDAR_EVENTS"
    )
    calendar_import_bytes: int = Field(
        default=CALENDAR_FILE, ge=1024, le=1 << 26, validation_alias="JARVIS_CALENDAR_IMPORT_BYTES"
    )
