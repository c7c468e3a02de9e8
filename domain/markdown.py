"""Markdown (CommonMark with tables) in which what people wrote is text, and nothing but text."""

import re
from collections.abc import Iterable, Sequence
from unicodedata import category

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>|~&!@$#^]|(?<=:)//|(?i:www)(?=\.)")
_UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
_BEGINS_A_BLOCK = re.compile(r"(?:[-+=]|\d{1,9}[.)])")


def inline(text: str) -> str:
    """The text in one line, which says what it says wherever it stands: in a heading, a list or the cell of a table."""
    line = " ".join("".join(" " if category(letter) in _UNSEEN else letter for letter in text).split())
    escaped = _SPECIAL.sub(_escaped, line)
    begins = _BEGINS_A_BLOCK.match(escaped)
    if begins:
        at = begins.end() - 1
        escaped = f"{escaped[:at]}\\{escaped[at:]}"
    return escaped


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if found == "//":
        return "\\/\\/"
    return f"{found}\\" if found[0] in "wW" else f"\\{found}"


def heading(level: int, text: str) -> str:
    """A heading; of no text, a dash."""
    return f"{'#' * level} {inline(text) or '—'}"


def paragraphs(text: str) -> list[str]:
    """Each line of the text a paragraph of its own."""
    return [block for line in text.splitlines() if (block := inline(line))]


def bullets(texts: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {inline(text) or '—'}" for text in texts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; every row has as many cells as the head."""
    lines = [_row(head), _row(["---"] * len(head), plain=True)]
    lines += [_row(row) for row in rows]
    return "\n".join(lines)


def _row(cells: Sequence[str], *, plain: bool = False) -> str:
    return "| " + " | ".join(cell if plain else inline(cell) or "—" for cell in cells) + " |"


def document(blocks: Iterable[str]) -> str:
    """The blocks, apart from one another, as a file."""
    return "\n\n".join(block for block in blocks if block) + "\n"
