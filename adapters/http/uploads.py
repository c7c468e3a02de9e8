"""Bodies that are larger than others may be: read piece by piece, and no further than their own limit."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from domain.errors import Fault, InvalidInput, PayloadTooLarge

PIECE = 256 * 1024
_LONGEST_FIELD = 1024

UNREADABLE = (
    web.RequestPayloadError,
    HttpProcessingError,
    ConnectionError,
    ValueError,
    AssertionError,
    RuntimeError,
)
"""What is raised by a body that breaks off, or by a form that is none; a part may have headers that are none."""


async def body_within(request: web.Request, limit: int) -> bytes:
    """The whole body. Raises PayloadTooLarge as soon as it is known to be longer than ``limit``, and InvalidInput."""
    if (request.content_length or 0) > limit:
        raise PayloadTooLarge
    with _readable():
        return await gathered(request.content.iter_chunked(PIECE), limit)


async def body_pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body in the pieces in which it comes. Raises InvalidInput."""
    with _readable():
        async for piece in request.content.iter_chunked(PIECE):
            yield piece


async def gathered(pieces: AsyncIterator[bytes], limit: int) -> bytes:
    """All pieces. Raises PayloadTooLarge."""
    whole = bytearray()
    async for piece in pieces:
        whole += piece
        if len(whole) > limit:
            raise PayloadTooLarge
    return bytes(whole)


def is_form(request: web.Request) -> bool:
    """Whether the body is a form with files."""
    return request.content_type == "multipart/form-data"


async def fields_until(request: web.Request, file: str) -> AsyncIterator[tuple[str, str | AsyncIterator[bytes]]]:
    """The parts of a form in their order: a short text for each field, the pieces of what comes in the field ``file``.

    The pieces are to be read before the next part. Raises InvalidInput.
    """
    with _readable():
        reader = await request.multipart()
        while (part := await reader.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise InvalidInput(details=[Fault("body", "must not hold forms in a form")])
            name = part.name or ""
            if name == file or part.filename is not None:
                yield file, _pieces(part)
            else:
                yield name, await _short_text(part, name)


async def _pieces(part: BodyPartReader) -> AsyncIterator[bytes]:
    with _readable():
        while piece := await part.read_chunk(PIECE):
            yield piece


async def _short_text(part: BodyPartReader, name: str) -> str:
    read = bytearray()
    while piece := await part.read_chunk(PIECE):
        read += piece
        if len(read) > _LONGEST_FIELD:
            raise InvalidInput(details=[Fault(name or "body", f"must have at most {_LONGEST_FIELD} bytes")])
    try:
        return read.decode()
    except UnicodeDecodeError:
        raise InvalidInput(details=[Fault(name or "body", "must be UTF-8 text")]) from None


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UNREADABLE:
        raise InvalidInput(details=[Fault("body", "could not be read to its end")]) from None
