"""Decisions and tasks."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Day, Id, Time


class Matter(TypedDict):
    """A decision or a task."""

    id: Id
    roomId: Id
    title: str
    note: str
    state: Literal["open", "done", "dropped", "decided", "revoked"]
    ownerId: Id | None
    dueDate: Day | None
    origin: Literal["marked", "found"]
    sourceMessageId: Id | None
    createdBy: Id | None
    createdAt: Time
    updatedAt: Time
