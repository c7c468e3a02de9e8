"""How a body is read."""

from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from domain.errors import Fault, InvalidInput

FAULTS_TOLD = 20


class Body(BaseModel):
    """The JSON object in a request: camelCase, unknown fields ignored, nothing converted."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel, extra="ignore")


B = TypeVar("B", bound=Body)


async def body_of(request: web.Request, shape: type[B]) -> B:
    """The body of the request; one that is empty counts as ``{}``.

    Raises:
        InvalidInput: it is not JSON, not an object, or not of this shape.
        HTTPRequestEntityTooLarge: it is longer than the app allows.
    """
    try:
        raw = await request.read()
    except (web.RequestPayloadError, ConnectionError):
        raise InvalidInput(details=[Fault("body", "could not be read to its end")]) from None
    return parsed(raw, shape)


def parsed(raw: bytes, shape: type[B]) -> B:
    """What this JSON says; where there is nothing it counts as ``{}``. Raises InvalidInput."""
    try:
        return shape.model_validate_json(raw.strip() or b"{}")
    except ValidationError as error:
        raise InvalidInput(details=faults(error)) from None


def faults(error: ValidationError) -> list[Fault]:
    """What is wrong with a body, field by field."""
    told = error.errors(include_url=False, include_context=False, include_input=False)[:FAULTS_TOLD]
    return [Fault(".".join(map(str, fault["loc"])) or "body", fault["msg"]) for fault in told]
