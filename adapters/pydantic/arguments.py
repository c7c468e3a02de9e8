"""Reading what a model gives a tool, by the annotations of a dataclass."""

from collections.abc import Hashable, Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from domain.errors import Fault, InvalidInput

T = TypeVar("T")
FAULTS_TOLD = 10


class PydanticArgumentReader:
    """An ArgumentReader that refuses fields it does not know, and text for numbers."""

    def schema(self, shape: type) -> Mapping[str, Any]:
        return _adapter(cast("Hashable", shape)).json_schema()

    def read(self, shape: type[T], arguments: str) -> T:
        try:
            found: T = _adapter(cast("Hashable", shape)).validate_json(arguments)
        except ValidationError as error:
            told = error.errors(include_url=False, include_context=False, include_input=False)[:FAULTS_TOLD]
            raise InvalidInput(
                details=[Fault(".".join(map(str, fault["loc"])) or "arguments", fault["msg"]) for fault in told]
            ) from None
        return found


@lru_cache(maxsize=256)
def _adapter(shape: Hashable) -> TypeAdapter[Any]:
    if not (isinstance(shape, type) and is_dataclass(shape)):
        raise TypeError(f"{shape!r} is no dataclass")
    return TypeAdapter(with_config(ConfigDict(extra="forbid", strict=False))(shape))
