"""Bodies that concern messages."""

from uuid import UUID

from pydantic import Field

from adapters.http.schemas.body import Body


class NewReaction(Body):
    """Of POST /rooms/{id}/messages/{messageId}/reactions."""

    emoji: str


class NewPin(Body):
    """Of POST /rooms/{id}/pins."""

    message_id: UUID = Field(strict=False)


class Said(Body):
    """Of POST /rooms/{id}/messages."""

    content: str = ""
    client_temp_id: str | None = None
    reply_to_id: UUID | None = None
    attachment_ids: tuple[UUID, ...] = ()


class Edited(Body):
    """Of PATCH /rooms/{id}/messages/{messageId}."""

    content: str
