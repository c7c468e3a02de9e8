"""How a rate is written in a setting."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode


def _rate(value: object) -> object:
    if not isinstance(value, str):
        return value
    burst, _, per_second = value.partition("/")
    try:
        rate = int(burst), float(per_second)
    except ValueError:
        raise ValueError("must be a burst and a rate a second, as in 500/60") from None
    if not (1 <= rate[0] <= 1_000_000 and 0 < rate[1] <= 1_000_000):
        raise ValueError("must be a burst of 1 to 1000000 and a rate above 0, as in 500/60")
    return rate


Rate = Annotated[tuple[int, float], NoDecode, BeforeValidator(_rate)]
