"""Every refusal there is."""

import domain.bots
import domain.errors
import domain.hook_errors
import domain.knowledge_errors
import domain.meeting_errors
import domain.pulse_errors
from domain.errors import DomainError

_MODULES = (
    domain.bots,
    domain.errors,
    domain.hook_errors,
    domain.knowledge_errors,
    domain.meeting_errors,
    domain.pulse_errors,
)

REFUSALS: list[type[DomainError]] = [
    found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, DomainError) and found.__module__ == module.__name__
    if found is not DomainError
]
