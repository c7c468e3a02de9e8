"""What a handler takes and answers, said beside it. The routes are described from this, in the OpenAPI document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from adapters.http import idempotency, preferences
from adapters.http.schemas.body import Body
from domain.errors import DomainError

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Option:
    """Something that may stand in the query or in a header. ``kind`` is the type of its value."""

    name: str
    description: str
    kind: Any = str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """What is said of a handler.

    ``answer`` is the type of what it answers with ``status``, ``also`` what it answers with others, in JSON unless
    ``media`` says otherwise. ``body`` is the model that reads the body, ``uploads`` the schemas of bodies that are no
    JSON, by media type. ``path`` describes the parts of the path that are no ids. ``errors`` are the refusals that
    not every call can have.
    """

    summary: str
    answer: Any = None
    body: type[Body] | None = None
    query: Sequence[Option] = ()
    headers: Sequence[Option] = ()
    path: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[type[DomainError]] = ()
    status: int = 200
    also: Mapping[int, Any] = field(default_factory=dict)
    media: str = JSON
    uploads: Mapping[str, Any] = field(default_factory=dict)


REPEATABLE = Option(
    idempotency.HEADER, "Makes the call repeatable: the same key does the same thing once, and answers the same."
)
"""For calls that take an Idempotency-Key."""

PATIENCE = Option(preferences.HEADER, "``respond-async`` to be answered at once, with a job to follow.")
"""For calls that wait for a job, and answer 202 where they wait no longer."""

PAGE = (
    Option("take", "How many at most; more than the limit counts as the limit.", int),
    Option("beforeId", "The page that ends just before this one; of something unknown there is nothing before."),
)
"""For calls that answer a page."""

H = TypeVar("H", bound=Callable[..., Any])
_operations: WeakKeyDictionary[Callable[..., Any], Operation] = WeakKeyDictionary()


def operation(summary: str, **more: Any) -> Callable[[H], H]:
    """Say of a handler what it takes and answers; ``more`` are the fields of Operation."""
    said = Operation(summary, **more)

    def say(handler: H) -> H:
        _operations[handler] = said
        return handler

    return say


def operation_of(handler: Callable[..., Any]) -> Operation | None:
    """What was said of the handler, None where nothing was."""
    return _operations.get(handler)
