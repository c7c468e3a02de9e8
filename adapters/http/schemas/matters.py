"""Bodies that concern decisions and tasks."""

from uuid import UUID

from pydantic import field_validator

from adapters.http.schemas.body import Body
from domain.matters import MatterState


class NewMatter(Body):
    """Of POST /rooms/{id}/tasks and /rooms/{id}/decisions."""

    title: str | None = None
    note: str | None = None
    state: MatterState | None = None
    owner_id: UUID | None = None
    due_date: str | None = None
    source_message_id: UUID | None = None

    @field_validator("title")
    @classmethod
    def _none_where_empty(cls, title: str | None) -> str | None:
        return title if title and title.strip() else None


class MatterChange(Body):
    """Of PATCH of one of them. What is named and null is taken away, what is not named stays."""

    title: str | None = None
    note: str | None = None
    state: MatterState | None = None
    owner_id: UUID | None = None
    due_date: str | None = None
