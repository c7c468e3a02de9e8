"""What settings are made of: kinds of values that several of them are."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Bytes = Annotated[int, Field(ge=1024, le=1 << 30)]
"""Of what is in memory as a whole."""

FileBytes = Annotated[int, Field(ge=1024, le=1 << 40)]
"""Of what never is."""


def listed(tidied: Callable[[str], str] = str) -> BeforeValidator:
    """For several values with commas between them, each of which is tidied."""

    def parts(value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(tidied(part.strip()) for part in value.split(",") if part.strip())

    return BeforeValidator(parts)


Listed = Annotated[tuple[str, ...], NoDecode, listed()]


def web_address(example: str = "") -> AfterValidator:
    """For an address of the web, which may be a secret. ``example`` is shown to whoever sets something else."""

    def check(value: str | SecretStr) -> str | SecretStr:
        address = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not address.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://" + (f", as in {example}" if example else ""))
        return value

    return AfterValidator(check)


WebAddress = Annotated[str, web_address()]
