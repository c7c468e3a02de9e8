"""The desktop client's blocks, whole, damaged and hostile."""

import base64
import json
from typing import Any

import pytest

from domain.blocks import CLOSES, MOST_FILES, OPENS, files_named_in, read_blocks, rewritten, without_blocks
from domain.ids import AttachmentId
from tests.builders import SequenceIds


def block(*files: Any, line: str = "\n", encode: Any = base64.b64encode) -> str:
    return f"{OPENS}{line}{encode(json.dumps(files).encode()).decode()}{line}{CLOSES}"


def file(data: bytes = b"words", **more: object) -> dict[str, object]:
    return {"kind": "file", "name": "a", "dataUrl": f"data:x/y;base64,{base64.b64encode(data).decode()}", **more}


@pytest.mark.parametrize("line", ["\n", "\r\n"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_what_it_brings(line: str, encode: Any) -> None:
    data = bytes(range(256)) * 3
    content = f"text{line}{block(file(data, name='그림'), {'name': 'b'}, line=line, encode=encode)}"
    [found] = read_blocks(content)
    assert [(entry.name, entry.data, entry.url) for entry in found.entries] == [("그림", data, None), ("b", None, None)]
    assert without_blocks(content) == "text"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 256 * 1024 * 3 // 4 - 1, 256 * 1024, 1024 * 1024 + 1])
def test_of_any_size(size: int) -> None:
    [found] = read_blocks(block(file(b"x" * size)))
    assert found.entries[0].data == b"x" * size


@pytest.mark.parametrize("head", ["data:", "DATA:image/png;", "data:image/png;charset=utf-8;"])
def test_of_any_kind(head: str) -> None:
    base = head if head.endswith(";") else f"{head};"
    [found] = read_blocks(block(file(dataUrl=f"{base}base64,d29yZHM=")))
    assert found.entries[0].data == b"words"


def test_addresses_take_the_place_of_files_and_nothing_else_is_changed() -> None:
    content = f"before\n{block(file(b'one', size=3, other=[1]), file(b'two'))}\nafter\n{block(file(b'three'))}"
    first, second = read_blocks(content)
    changed = rewritten(content, [(first, ["/one", None]), (second, ["/three"])])
    assert without_blocks(changed) == without_blocks(content) == "before\nafter"
    one, two = read_blocks(changed)
    assert one.raw == [{**first.raw[0], "dataUrl": "/one"}, first.raw[1]]
    assert two.raw == [{**second.raw[0], "dataUrl": "/three"}]


def test_the_files_that_it_names() -> None:
    ids = SequenceIds()
    one, two = AttachmentId(ids.new()), AttachmentId(ids.new())
    content = block(
        file(dataUrl=f"https://a.example/attachments/{one}/signed/1f.ab-_"),
        file(dataUrl=f"/attachments/{two}/signed/1f.ab"),
        file(dataUrl=f"/attachments/{two}/signed/1f.ab/more"),
        file(dataUrl="https://a.example/attachments/none/signed/1f.ab"),
        {"name": "x"},
    )
    assert files_named_in(content) == {one, two}
    assert files_named_in("no block") == set()


@pytest.mark.parametrize(
    "content",
    [
        "text",
        f"{OPENS}\n{CLOSES}",
        f"{OPENS}\nW10=",
        f"text{OPENS}\nW10=\n{CLOSES}",
        f"{OPENS}\nW10=\n{CLOSES}text",
        f"{OPENS}\nW1 0=\n{CLOSES}",
        f"{OPENS}\nW10=\n\n{CLOSES}",
        f"{OPENS}\n글\n{CLOSES}",
    ],
)
def test_what_is_no_block_is_text(content: str) -> None:
    assert without_blocks(content) == content
    assert read_blocks(content) == []


@pytest.mark.parametrize(
    "files",
    [
        [1],
        [[]],
        [None],
        [file(name=3)],
        [file(dataUrl=3)],
        [file(dataUrl="data:;base64,A")],
        [file(dataUrl="data:;base64,====A")],
        [file(dataUrl="data:;base64,##")],
        [file(dataUrl="data:;base64,é")],
        [file()] * (MOST_FILES + 1),
        [{"name": "x", "more": [0] * 10_000}],
    ],
)
def test_what_is_not_as_it_should_be_is_not_read(files: list[object]) -> None:
    content = f"text\n{block(*files)}"
    assert read_blocks(content) == []
    assert without_blocks(content) == "text"
