"""The block in which the installed desktop client puts files, at the end of a text.

Of untrusted content of megabytes: nothing here holds the processor for long at a time, so that a thread that works on
it leaves others their turn.
"""

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.ids import AttachmentId

OPENS = "[[jarvis_attachments_v1]]"
CLOSES = "[[/jarvis_attachments_v1]]"

MOST_FILES = 64
"""In one block; a block of more is left as it is."""

_MOST_MARKS = 64 * MOST_FILES
"""Brackets and commas in the JSON of a block: what becomes of more of them costs far more memory than their text."""

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_SLICE = 256 * 1024
"""Characters worked on at once; a multiple of four."""

_BASE64 = ";base64"
_ADDRESS = re.compile(r"/attachments/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/signed/[A-Za-z0-9._-]+\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a block stands in a content, the line break before it included, and where its line of base64 is."""

    start: int
    end: int
    body_start: int
    body_end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a block. ``data`` is what it brings with it; ``url`` is what it points at instead."""

    name: str
    data: bytes | None = field(default=None, repr=False)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A block that could be read. ``raw`` are its objects as they came, one for each entry."""

    span: Span
    entries: Sequence[Entry]
    raw: Sequence[dict[str, Any]] = field(repr=False)


def spans_of(content: str) -> list[Span]:
    """The blocks of a content, in order, whether or not what is in them can be read."""
    spans: list[Span] = []
    at = content.find(OPENS)
    while at >= 0:
        span = _span_at(content, at, spans[-1].end if spans else 0)
        if span is None:
            at = content.find(OPENS, at + len(OPENS))
        else:
            spans.append(span)
            at = content.find(OPENS, span.end)
    return spans


def without_blocks(content: str) -> str:
    """What is left of a content without its blocks."""
    start, kept = 0, []
    for span in spans_of(content):
        kept.append(content[start : span.start])
        start = span.end
    return "".join([*kept, content[start:]])


def read_blocks(content: str) -> list[Block]:
    """The blocks that can be read. What is damaged, or not within bounds, is none."""
    return [block for span in spans_of(content) if (block := _read(content, span)) is not None]


def files_named_in(content: str) -> set[AttachmentId]:
    """The files whose signed addresses stand in the blocks of a content."""
    urls = [entry.url for block in read_blocks(content) for entry in block.entries if entry.url is not None]
    return {AttachmentId(UUID(found[1])) for url in urls if (found := _ADDRESS.search(url)) is not None}


def rewritten(content: str, blocks: Sequence[tuple[Block, Sequence[str | None]]]) -> str:
    """The content with other addresses in its blocks: of each entry the new one, None where it stays as it is."""
    start, pieces = 0, []
    for block, urls in blocks:
        objects = [raw if url is None else {**raw, "dataUrl": url} for raw, url in zip(block.raw, urls, strict=True)]
        body = b64encode(json.dumps(objects, ensure_ascii=False, separators=(",", ":")).encode()).decode()
        pieces += [content[start : block.span.body_start], body]
        start = block.span.body_end
    return "".join([*pieces, content[start:]])


def _span_at(content: str, at: int, after: int) -> Span | None:
    start = at
    if at > 0:
        if content[at - 1] != "\n" or at - 1 < after:
            return None
        start = at - 2 if at - 2 >= after and content[at - 2] == "\r" else at - 1
    body_start = _after_break(content, at + len(OPENS))
    if body_start is None:
        return None
    line_end = content.find("\n", body_start)
    if line_end < 0 or not content.startswith(CLOSES, line_end + 1):
        return None
    body_end = line_end - 1 if line_end > body_start and content[line_end - 1] == "\r" else line_end
    end = line_end + 1 + len(CLOSES)
    if not _is_base64(content, body_start, body_end) or not _ends_a_line(content, end):
        return None
    return Span(start, end, body_start, body_end)


def _after_break(content: str, at: int) -> int | None:
    if content.startswith("\n", at):
        return at + 1
    return at + 2 if content.startswith("\r\n", at) else None


def _ends_a_line(content: str, at: int) -> bool:
    return content.startswith("\n", at) or not content[at:].strip()


def _is_base64(content: str, start: int, end: int) -> bool:
    for at in range(start, end, _SLICE):
        part = content[at : min(at + _SLICE, end)]
        if not part.isascii() or part.encode().translate(None, _ALPHABET):
            return False
    return True


def _read(content: str, span: Span) -> Block | None:
    try:
        text = _decoded(content[span.body_start : span.body_end])
        if _marks_in(text) > _MOST_MARKS:
            return None
        raw = json.loads(text.decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(raw, list) or len(raw) > MOST_FILES or not all(isinstance(one, dict) for one in raw):
        return None
    entries = [_entry(one) for one in raw]
    return Block(span, [entry for entry in entries if entry is not None], raw) if None not in entries else None


def _marks_in(text: bytes) -> int:
    parts = (text[at : at + _SLICE] for at in range(0, len(text), _SLICE))
    return sum(len(part) - len(part.translate(None, b"{[,")) for part in parts)


def _entry(raw: dict[str, Any]) -> Entry | None:
    name, address = raw.get("name"), raw.get("dataUrl")
    if not (name is None or isinstance(name, str)) or not (address is None or isinstance(address, str)):
        return None
    name = name or ""
    if address is None or address[:5].lower() != "data:":
        return Entry(name, url=address)
    head, comma, body = address.partition(",")
    if not comma or not head.lower().endswith(_BASE64):
        return Entry(name, url=address)
    try:
        return Entry(name, _decoded(body))
    except ValueError:
        return None


def _decoded(text: str) -> bytes:
    """Raises ValueError where it is no base64, by either alphabet, with or without its padding."""
    raw = text.rstrip("=").encode("ascii")
    pieces = []
    for at in range(0, len(raw), _SLICE):
        piece = raw[at : at + _SLICE].translate(_URLSAFE)
        try:
            pieces.append(b64decode(piece + b"=" * (-len(piece) % 4), validate=True))
        except NotBase64 as error:
            raise ValueError("no base64") from error
    return b"".join(pieces)
