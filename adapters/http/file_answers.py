"""Files in answers: whole or in part, and such that no browser runs what is in them."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from aiohttp import web

from domain.attachments import PICTURES, UNKNOWN_TYPE

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
_SHOWN_AS_THEY_ARE = ("audio/", "video/", "application/vnd.openxmlformats-officedocument.")
_HARMLESS = PICTURES | {"application/pdf", "application/zip"}
_PLAIN = re.compile(r"[^A-Za-z0-9 ._()+-]", re.ASCII)
_FILES_MAY = "default-src 'none'; frame-ancestors 'none'; sandbox"


class Content(Protocol):
    """Gives the bytes from ``start`` on, so many of them."""

    def __call__(self, *, start: int, length: int) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What is to be sent. ``tag`` is its content's, which never changes. ``is_download`` keeps it from being shown."""

    name: str
    mime: str
    size: int
    tag: str
    is_download: bool = False


async def send_file(request: web.Request, file: FileAnswer, content: Content) -> web.StreamResponse:
    """The file, or the part of it that was asked for. Raises what ``content`` raises, before the answer begins."""
    tag = f'"{file.tag}"'
    headers = _headers(file, tag)
    if _has_it(request.headers.get("If-None-Match"), tag):
        return web.Response(status=304, headers=headers)
    part = _part(request, file.size, tag)
    if part is None:
        return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    start, length = part
    status = 200 if length == file.size else 206
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{file.size}"
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = length
    if request.method == "HEAD" or not length:
        await response.prepare(request)
        await response.write_eof()
        return response
    async with aclosing(_closable(content, start, length)) as pieces:
        first = await anext(pieces)
        await response.prepare(request)
        await response.write(first)
        async for piece in pieces:
            await response.write(piece)
    await response.write_eof()
    return response


async def _closable(content: Content, start: int, length: int) -> AsyncGenerator[bytes, None]:
    async for piece in content(start=start, length=length):
        yield piece


def _headers(file: FileAnswer, tag: str) -> dict[str, str]:
    is_shown = file.mime in PICTURES and not file.is_download
    is_harmless = file.mime in _HARMLESS or file.mime.startswith(_SHOWN_AS_THEY_ARE)
    name = f"filename=\"{_PLAIN.sub('_', file.name)}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {
        "Content-Type": file.mime if is_harmless else UNKNOWN_TYPE,
        "Content-Disposition": f"{'inline' if is_shown else 'attachment'}; {name}",
        "Content-Security-Policy": _FILES_MAY,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # whoever has it asks each time whether they still may
        "ETag": tag,
    }


def _part(request: web.Request, size: int, tag: str) -> tuple[int, int] | None:
    """Start and length of what is asked for; None where there is nothing of it. What is no single range is ignored."""
    asked = request.headers.get("Range")
    if asked is None or request.headers.get("If-Range", tag) != tag:
        return 0, size
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found[0] == "bytes=-":
        return 0, size
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        return (size - length, length) if length else None
    start, end = int(first), min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return 0, size
    return (start, end - start + 1) if start < size else None


def _has_it(told: str | None, tag: str) -> bool:
    if told is None:
        return False
    return told.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in told.split(",")}
