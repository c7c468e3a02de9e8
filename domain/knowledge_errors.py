"""What can be refused of what a room knows: its cards, its reports, and the weeks that they are of."""

from domain.errors import DomainError, Kind


class BadWeekStart(DomainError):
    kind, code, message = Kind.INVALID, "BAD_WEEK_START", "The week is to be named by a date in it, such as 2026-03-02."


class BadSourceMessage(DomainError):
    kind, code = Kind.INVALID, "BAD_SOURCE_MESSAGE"
    message = "A card can be made of a message of the same room that was not deleted, and of no other."


class IdeasFailed(DomainError):
    """The model that was to find ideas could not be asked, or broke off."""

    kind, code, message = Kind.UPSTREAM, "IDEA_UPSTREAM_ERROR", "The cards could not be made. Please try again later."


class IdeasUnreadable(DomainError):
    """The model that was to find ideas answered in another form, also when it was shown its fault."""

    kind, code = Kind.UPSTREAM, "IDEA_BAD_JSON"
    message = "The language model answered in a form that could not be read. Please try again."
