"""How what comes from the world outside looks on the wire."""

from adapters.wire.shapes import Json
from domain.holidays import Holiday, HolidaySource


def holiday_json(day: Holiday, source: HolidaySource) -> Json:
    """A holiday, and who says so."""
    return {
        "date": day.date.isoformat(),
        "name": day.name,
        "isHoliday": day.is_holiday,
        "dateKind": day.kind,
        "source": source.value,
    }
