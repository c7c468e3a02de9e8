"""What sort of file it is, by its first bytes."""

import puremagic
from puremagic import PureError

from domain.attachments import UNKNOWN_TYPE

_LOOKED_AT = 8 * 1024
_SURE_ENOUGH = 0.3
_ZIP = b"PK\x03\x04"
_OTHER_NAMES = {
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "application/x-zip-compressed": "application/zip",
    "image/jpg": "image/jpeg",
    "video/x-m4v": "video/mp4",
}
_WITHIN_ZIPS = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)


class PuremagicTypes:
    """FileTypes by the signatures that puremagic knows."""

    def tell(self, head: bytes) -> str:
        head = head[:_LOOKED_AT]
        if head.startswith(_ZIP):
            return _of_zip(head)
        try:
            found = puremagic.magic_string(head)
        except (PureError, ValueError):
            return UNKNOWN_TYPE
        named = [match for match in found if match.mime_type]
        if not named or named[0].confidence < _SURE_ENOUGH:
            return UNKNOWN_TYPE
        mime: str = named[0].mime_type.lower()
        return _OTHER_NAMES.get(mime, mime)


def _of_zip(head: bytes) -> str:
    # Many formats are zip files. Office's say in the names of their parts what they are; the others stay zip files.
    if b"[Content_Types].xml" in head:
        for part, mime in _WITHIN_ZIPS:
            if part in head:
                return mime
    return "application/zip"
