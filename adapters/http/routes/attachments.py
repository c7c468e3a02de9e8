"""Files: bringing them, and having them."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import BodyPartReader, ClientError, MultipartReader, web

from adapters.http.answers import answer
from adapters.http.file_answers import FileAnswer, send_file
from adapters.http.keys import FILES, actor_of
from adapters.http.operations import Option, operation
from adapters.http.parameters import id_of
from adapters.http.uploads import UNREADABLE
from adapters.wire.schemas.messages import Attachment
from adapters.wire.shapes import attachment_json
from domain.attachments import StoredFile
from domain.errors import Fault, FileTypeNotAllowed, InvalidInput, NotFound, PayloadTooLarge, TooManyUploads
from domain.ids import AttachmentId

SIGNED = "/attachments/{attachment_id}/signed/{signature}"
OPEN = frozenset({SIGNED})
"""What asks for no token, since the address is signed."""

_PIECE = 64 * 1024
_MOST_FIELDS = 16
_PATIENCE = 60.0
"""Seconds that a client may be silent in the middle of a file."""

_FORM = "multipart/form-data"
_FILE = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_ANY = "*/*"
_PARTS = (
    Option("Range", "A single range of bytes."),
    Option("If-Range", "The ETag that the range is of."),
    Option("If-None-Match", "The ETag of what one has."),
)
_ALSO = {206: None, 304: None, 416: None}
_AROUND_A_FILE = 64 * 1024
_BROKEN_OFF = (*UNREADABLE, ClientError, TimeoutError)


@operation(
    "Bring a file, to be sent with a message.",
    uploads={_FORM: _FILE},
    answer=Attachment,
    errors=(FileTypeNotAllowed, PayloadTooLarge, TooManyUploads),
)
async def upload(request: web.Request) -> web.Response:
    files = request.app[FILES]
    if (request.content_length or 0) > files.limits.size + _AROUND_A_FILE:
        raise PayloadTooLarge
    parts, part = await _file_in(request)
    kept = await files.keep(actor_of(request), part.filename or "", _pieces_of(parts, part))
    return answer(attachment_json(kept))


@operation(
    "A file, whole or the part that is asked for.",
    query=(Option("download", "Given, a picture is not to be shown but kept."),),
    headers=_PARTS,
    answer=bytes,
    media=_ANY,
    also=_ALSO,
    errors=(NotFound,),
)
async def download(request: web.Request) -> web.StreamResponse:
    file = await request.app[FILES].open(actor_of(request), _attachment_id(request))
    return await _send(request, file, is_download="download" in request.query)


@operation(
    "A file, by an address that is signed.",
    path={"signature": "Until when it is good, and the signature."},
    headers=_PARTS,
    answer=bytes,
    media=_ANY,
    also=_ALSO,
    errors=(NotFound,),
)
async def download_signed(request: web.Request) -> web.StreamResponse:
    try:
        attachment_id = _attachment_id(request)
    except InvalidInput:
        raise NotFound from None
    file = await request.app[FILES].open_by_link(attachment_id, request.match_info["signature"])
    return await _send(request, file, is_download=True)


@operation(
    "A picture made small, once a worker has made it.",
    headers=_PARTS,
    answer=bytes,
    media="image/webp",
    also=_ALSO,
    errors=(NotFound,),
)
async def thumbnail(request: web.Request) -> web.StreamResponse:
    files, attachment_id = request.app[FILES], _attachment_id(request)
    file, size = await files.thumbnail(actor_of(request), attachment_id)
    small = FileAnswer(f"{file.attachment.name}.webp", "image/webp", size, f"{attachment_id}-thumbnail")
    return await send_file(request, small, partial(files.thumbnail_content, file))


async def _send(request: web.Request, file: StoredFile, *, is_download: bool) -> web.StreamResponse:
    attachment = file.attachment
    whole = FileAnswer(attachment.name, attachment.mime, attachment.size, str(attachment.id), is_download)
    return await send_file(request, whole, partial(request.app[FILES].content, file))


async def _file_in(request: web.Request) -> tuple[MultipartReader, BodyPartReader]:
    """The part of the body that is a file: that with the name ``file``, or with a file's name. Raises InvalidInput."""
    if request.content_type != _FORM:
        raise InvalidInput(details=[Fault("body", "must be multipart/form-data")])
    try:
        parts = await request.multipart()
        for _ in range(_MOST_FIELDS):
            part = await asyncio.wait_for(parts.next(), _PATIENCE)
            if part is None:
                break
            if isinstance(part, BodyPartReader) and (part.name == "file" or part.filename is not None):
                return parts, part
    except _BROKEN_OFF:
        raise InvalidInput(details=[Fault("body", "could not be read to its end")]) from None
    raise InvalidInput(details=[Fault("file", "is missing")])


async def _pieces_of(parts: MultipartReader, part: BodyPartReader) -> AsyncIterator[bytes]:
    """What is in the part. Raises InvalidInput where it ends before its boundary, so that no half of it is taken."""
    while True:
        try:
            piece = await asyncio.wait_for(part.read_chunk(_PIECE), _PATIENCE)
            if not piece:
                await asyncio.wait_for(parts.next(), _PATIENCE)
        except _BROKEN_OFF:
            raise InvalidInput(details=[Fault("file", "could not be read to its end")]) from None
        if not piece:
            return
        yield bytes(piece)


def _attachment_id(request: web.Request) -> AttachmentId:
    return AttachmentId(id_of(request, "attachment_id", "attachmentId"))


def routes() -> list[web.RouteDef]:
    one = "/attachments/{attachment_id:[^/]+}"
    return [
        web.post("/attachments", upload),
        web.get(one, download),
        web.get(f"{one}/thumbnail", thumbnail),
        web.get(SIGNED, download_signed),
    ]
