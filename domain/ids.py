"""Identifiers: UUIDs, told apart by the type checker."""

from typing import NewType
from uuid import UUID

AttachmentId = NewType("AttachmentId", UUID)
UserId = NewType("UserId", UUID)
RoomId = NewType("RoomId", UUID)
MessageId = NewType("MessageId", UUID)
RequestId = NewType("RequestId", UUID)
JobId = NewType("JobId", UUID)
CalendarEventId = NewType("CalendarEventId", UUID)
SessionId = NewType("SessionId", UUID)
InvitationId = NewType("InvitationId", UUID)
