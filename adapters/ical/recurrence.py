"""How events repeat, by the clocks of their zones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from adapters.ical.rules import BadRule, Rule, counted, parse, starts
from domain.calendar import EARLIEST, LATEST, Repetition
from domain.errors import Fault, InvalidInput

_DAY = timedelta(days=1)
_parsed = lru_cache(maxsize=1024)(parse)


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of this name. Raises InvalidInput."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise InvalidInput(details=[Fault("timezone", "must be an IANA time zone such as Asia/Seoul")]) from None


class IcalRecurrence:
    """Recurrence over RFC 5545's rules."""

    def read(self, rule: str, start: datetime, zone: str) -> Repetition:
        clocks = zone_named(zone)
        try:
            understood = parse(rule)
        except BadRule as error:
            raise InvalidInput(details=[Fault("recurrence", str(error))]) from None
        until = _end(understood, start, clocks)
        if until is not None and until < start:
            raise InvalidInput(details=[Fault("recurrence", "must not end before the event starts")])
        return Repetition(understood.text, zone, until)

    def starts(self, repetition: Repetition, start: datetime, *, begin: datetime, end: datetime) -> Iterator[datetime]:
        rule, clocks, until = _parsed(repetition.rule), zone_named(repetition.zone), repetition.until
        # A day more on both sides, since clocks that are put back show a time twice; then what is asked for is cut out.
        first, last = _on(clocks, begin) - _DAY, _on(clocks, end if until is None else min(end, until)) + _DAY
        for local in starts(rule, _on(clocks, start), first, last):
            at = local.replace(tzinfo=clocks).astimezone(UTC)
            if begin <= at < end and (until is None or at <= until):
                yield at


def _on(clocks: ZoneInfo, at: datetime) -> datetime:
    return at.astimezone(clocks).replace(tzinfo=None)


def _end(rule: Rule, start: datetime, clocks: ZoneInfo) -> datetime | None:
    if rule.count is not None:
        last = counted(rule, _on(clocks, start), rule.count)
        return last.replace(tzinfo=clocks).astimezone(UTC)
    until = rule.until
    if until is None:
        return None
    if not isinstance(until, datetime):
        until = datetime(until.year, until.month, until.day, 23, 59, 59, tzinfo=clocks)
    if until.tzinfo is None:
        until = until.replace(tzinfo=clocks)
    if until.year >= LATEST.year:
        return None  # what other calendars write for one without an end
    return until.astimezone(UTC) if until.year > EARLIEST.year else EARLIEST
