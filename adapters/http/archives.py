"""Several files in one."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_UNIX = 3
_READABLE = 0o644 << 16


def archive(files: Mapping[str, str]) -> bytes:
    """A zip of the files, in their order; the same for the same files, whenever and wherever it is made."""
    whole = BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as packed:
        for name, text in files.items():
            entry = ZipInfo(name)  # its time is the oldest there can be
            entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, _UNIX, _READABLE
            packed.writestr(entry, text.encode())
    return whole.getvalue()
