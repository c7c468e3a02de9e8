"""What can be refused of what a room knows: its cards, its reports, and the weeks that they are of."""

from domain.errors import DomainError, Kind


class BadWeekStart(DomainError):
    kind, code, message = Kind.INVALID, "BAD_WEEK_START", "The week is to be named by a date in it, such as 2026-03-02."
