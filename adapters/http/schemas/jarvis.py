"""Bodies that concern questions to Jarvis."""

from uuid import UUID

from adapters.http.schemas.body import Body
from domain.jarvis import Mode


class Asked(Body):
    """Of POST /rooms/{id}/jarvis."""

    prompt: str
    message_id: UUID | None = None
    is_personal: bool | None = None
    request_id: str | None = None
    mode: Mode | None = None
