"""What can be refused of pulse reports, and of decisions and tasks."""

from domain.errors import DomainError, Kind


class PulseFailed(DomainError):
    kind, code, message = Kind.UPSTREAM, "PULSE_UPSTREAM_ERROR", "The report could not be made. Please try again."


class PulseUnreadable(DomainError):
    kind, code = Kind.UPSTREAM, "PULSE_BAD_JSON"
    message = "The language model answered in a form that is no report. Please try again."


class TooManyMatters(DomainError):
    kind, code = Kind.CONFLICT, "TOO_MANY_ITEMS"
    message = "This room has as many decisions, or tasks, as it may have. Delete some that are of no more use."
