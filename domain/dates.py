"""Dates and times as others write them: ``2026-03-02``, and a time after it. ISO 8601 has other forms for the same day,
such as ``2026-W10-1`` and ``20260302``, of which some name a day where none was meant; those are not taken."""

import re
from datetime import date, datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(rf"{_DATE.pattern}(?:[Tt ].+)?", re.ASCII)


def date_of(text: str) -> date:
    """The day that a text names. Raises ValueError where it is no date."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def time_of(text: str) -> datetime:
    """The time that a text names, or the midnight of its day; it has no zone where the text names none.

    Raises ValueError where it is neither a date nor a time.
    """
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)
