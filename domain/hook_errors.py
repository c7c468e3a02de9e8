"""Refusals that concern hooks."""

from domain.errors import DomainError, Kind


class TooManyHooks(DomainError):
    kind, code, message = Kind.CONFLICT, "TOO_MANY_HOOKS", "This room has as many hooks of this kind as it may have."
