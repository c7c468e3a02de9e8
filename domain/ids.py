"""Identifiers: UUIDs, told apart by the type checker."""

from hashlib import blake2b
from typing import NewType
from uuid import UUID

AttachmentId = NewType("AttachmentId", UUID)
UserId = NewType("UserId", UUID)
RoomId = NewType("RoomId", UUID)
MessageId = NewType("MessageId", UUID)
RecordingId = NewType("RecordingId", UUID)
RequestId = NewType("RequestId", UUID)
JobId = NewType("JobId", UUID)
CallId = NewType("CallId", UUID)
CalendarEventId = NewType("CalendarEventId", UUID)
SessionId = NewType("SessionId", UUID)
HookId = NewType("HookId", UUID)
InvitationId = NewType("InvitationId", UUID)
MatterId = NewType("MatterId", UUID)
PulseReportId = NewType("PulseReportId", UUID)


def derived_id(base: UUID, name: str) -> UUID:
    """The UUIDv7 of this name under another one, always the same; it bears the time of ``base``."""
    rest = int.from_bytes(blake2b(base.bytes + name.encode(), digest_size=10).digest())
    time, random_a, random_b = base.int >> 80, rest >> 68, rest & ((1 << 62) - 1)
    return UUID(int=time << 80 | 7 << 76 | random_a << 64 | 0b10 << 62 | random_b)


CardId = NewType("CardId", UUID)
