"""Bodies that concern what was read."""

from typing import Annotated

from pydantic import Field

from adapters.http.schemas.body import Body


class ReadUpTo(Body):
    """Of POST /rooms/{id}/read."""

    seq: Annotated[int, Field(ge=0, lt=1 << 63)]
