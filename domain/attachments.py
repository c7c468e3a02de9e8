"""Files that hang on a message."""

from dataclasses import dataclass
from enum import Enum

from domain.ids import AttachmentId


class AttachmentKind(Enum):
    """Whether a client shows a picture or a name to open."""

    IMAGE = "image"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is known of a file, told once and never changed; the message carries it, so that no reader looks it up.

    ``size`` is in bytes; ``width`` and ``height`` are in pixels, where they are known.
    """

    id: AttachmentId
    name: str
    mime: str
    size: int
    kind: AttachmentKind
    width: int | None = None
    height: int | None = None
