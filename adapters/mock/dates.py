"""The days and times that plain requests name, in Korean and in English."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_DAYS = {"오늘": 0, "내일": 1, "모레": 2, "글피": 3, "today": 0, "tomorrow": 1}
_DAY = re.compile(rf"({'|'.join(_DAYS)})(?:에는|에|의)?", re.IGNORECASE)
_WEEKDAYS = {name: place for place, name in enumerate("월화수목금토일")} | {
    name: place
    for place, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
_WEEKDAY = re.compile(
    r"(?:(?P<next>다음\s*주|next)\s*)?(?:이번\s*주\s*)?(?:(?P<ko>[월화수목금토일])요일|(?P<en>(?:mon|tues|wednes|thurs|fri|satur|sun)day))"
    r"(?:에는|에|의)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:(?P<year>\d{4})년\s*)?(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일(?:에는|에|의)?")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_TIME = re.compile(
    r"(?P<half>오전|오후|아침|낮|저녁|밤)?\s*(?P<hour>\d{1,2})시\s*(?:(?P<thirty>반)|(?P<minute>\d{1,2})분)?(?:에)?"
)
_CLOCK = re.compile(r"(?:\bat\s+)?\b(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>am|pm)\b", re.IGNORECASE)
_CLOCK_24 = re.compile(r"(?:\bat\s+)?\b(?P<hour>\d{1,2}):(?P<minute>\d{2})\b")
_IN_THE_MORNING = frozenset({"오전", "아침", "am"})
_OFFICE_OPENS = 7


@dataclass(frozen=True, slots=True)
class When:
    """A day, the time of it where one was named, and what is left of the text without them."""

    day: date | None
    at: time | None
    rest: str

    def start(self, now: datetime) -> datetime | date:
        """When that is: a time, or a day where no time was named; today where no day was."""
        day = self.day or now.date()
        return day if self.at is None else datetime.combine(day, self.at)


def when_in(text: str, now: datetime) -> When:
    """What a text says of when."""
    day, text = _day_in(text, now.date())
    at, text = _time_in(text)
    return When(day, at, " ".join(text.split()))


def _day_in(text: str, today: date) -> tuple[date | None, str]:
    if (match := _DATE.search(text) or _ISO.search(text)) is not None:
        year = int(match["year"] or today.year)
        try:
            day = date(year, int(match["month"]), int(match["day"]))
        except ValueError:
            return None, text
        if match["year"] is None and day < today:
            day = day.replace(year=year + 1)
        return day, _without(text, match)
    if (match := _DAY.search(text)) is not None:
        return today + timedelta(days=_DAYS[match[1].lower()]), _without(text, match)
    if (match := _WEEKDAY.search(text)) is not None:
        wanted = _WEEKDAYS[match["ko"] or match["en"].lower()]
        if match["next"]:
            monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
            return monday + timedelta(days=wanted), _without(text, match)
        return today + timedelta(days=(wanted - today.weekday()) % 7), _without(text, match)
    return None, text


def _time_in(text: str) -> tuple[time | None, str]:
    match = _TIME.search(text) or _CLOCK.search(text) or _CLOCK_24.search(text)
    if match is None:
        return None, text
    named = match.groupdict()
    hour = int(named["hour"])
    minute = 30 if named.get("thirty") else int(named.get("minute") or 0)
    half = (named.get("half") or "").lower()
    if half in _IN_THE_MORNING:
        hour %= 12
    elif half or (match.re is _TIME and 1 <= hour < _OFFICE_OPENS):
        # Nobody means three in the morning by 세 시.
        hour = hour % 12 + 12
    if hour > 23 or minute > 59:
        return None, text
    return time(hour, minute), _without(text, match)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
