"""Reading what comes compressed although it was not asked for, never more of it than there is room for."""

import zlib
from collections.abc import Callable

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

Reader = Callable[[bytes, int], bytes]
"""What a piece of a body says, of which at most so many bytes. Raises Unreadable."""


class Unreadable(Exception):
    """It is compressed in a way that is not known here, or badly."""


def reader_of(encoding: str) -> Reader:
    """How to read a body of this Content-Encoding. Raises Unreadable."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return lambda piece, room: piece[:room]
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise Unreadable
    inflating = zlib.decompressobj(_GZIP_OR_ZLIB)

    def read(piece: bytes, room: int) -> bytes:
        try:
            return inflating.decompress(piece, max(room, 1))
        except zlib.error:
            raise Unreadable from None

    return read
