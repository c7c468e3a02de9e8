"""The values that everything is made of."""

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

Id = Annotated[str, WithJsonSchema({"type": "string", "format": "uuid"})]
Time = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
            "examples": ["2026-02-16T01:02:03.004Z"],
        }
    ),
]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Seq = Annotated[int, Field(ge=0, description="A place in a room's log: 1, 2, 3 and so on; 0 is before the first.")]
Count = Annotated[int, Field(ge=0)]
RoleName = Literal["owner", "admin", "member"]


class Done(TypedDict):
    """It was done, or was so already."""

    ok: Literal[True]
