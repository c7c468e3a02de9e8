"""Files that hang on a message."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.ids import AttachmentId, MessageId, RoomId, UserId

NAME_LIMIT = 255
"""Bytes of UTF-8, which is what file systems take."""

NAMELESS = "file"
UNKNOWN_TYPE = "application/octet-stream"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""The types that are shown as pictures: nothing in them is ever run."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NEVER_IN_A_NAME = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


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


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is kept: whose it is, and on which message it hangs, if on one.

    While ``is_kept`` is false it is on its way into the storage. ``digest`` is the SHA-256 of what came within a text.
    """

    attachment: Attachment
    uploader_id: UserId
    created_at: datetime
    is_kept: bool = False
    has_thumbnail: bool = False
    digest: bytes | None = None
    room_id: RoomId | None = None
    message_id: MessageId | None = None


def kind_of(mime: str) -> AttachmentKind:
    """How a file of this type is shown."""
    return AttachmentKind.IMAGE if mime in PICTURES else AttachmentKind.FILE


def safe_name(name: str) -> str:
    """The last part of the name that somebody gave a file, without what a system takes for something else than that."""
    name = unicodedata.normalize("NFC", name.encode(errors="replace").decode())
    name = _CONTROLS.sub("", name.replace("\\", "/")).rpartition("/")[2]
    name = _NEVER_IN_A_NAME.sub("_", name).strip(" .")
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    return _shortened(name) or NAMELESS


def _shortened(name: str) -> str:
    if len(name.encode()) <= NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    room = NAME_LIMIT - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending
