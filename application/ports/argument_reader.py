"""Reading what a model gives a tool."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class ArgumentReader(Protocol):
    """Knows dataclasses by their annotations; the metadata of a field may hold ``description`` and bounds by the names
    ``min_length``, ``max_length``, ``ge`` and ``le``."""

    def schema(self, shape: type) -> Mapping[str, Any]:
        """The JSON Schema of the dataclass, an object that takes no other fields."""

    def read(self, shape: type[T], arguments: str) -> T:
        """The arguments in this JSON text. Raises InvalidInput, whose details say what is wrong with which field."""
