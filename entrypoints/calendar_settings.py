"""Settings of calendars."""

from pydantic import Field
from pydantic_settings import BaseSettings


class CalendarSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    calendar_events: int = Field(default=10_000, ge=1, le=1_000_000, validation_alias="JARVIS_CALENDAR_EVENTS")
    calendar_import_bytes: int = Field(
        default=2 * 1024 * 1024, ge=1024, le=1 << 26, validation_alias="JARVIS_CALENDAR_IMPORT_BYTES"
    )
