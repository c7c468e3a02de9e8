"""What may be said, and what an edit or a deletion leaves."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.errors import AlreadyDeleted, Forbidden, InvalidInput, MessageTooLong
from domain.ids import AttachmentId, MessageId, RoomId, UserId
from domain.messages import (
    DELETED_TEXT,
    Message,
    SenderType,
    client_temp_id,
    fingerprint,
    message_content,
    text_of,
)
from tests.builders import START, SequenceIds

IDS = SequenceIds()
ANA, BEN = UserId(IDS.new()), UserId(IDS.new())
LATER = START + timedelta(seconds=5)
SAID = Message(MessageId(IDS.new()), RoomId(IDS.new()), 1, SenderType.USER, ANA, "hello", START)


def block(size: int = 30, line: str = "\n") -> str:
    """An attachment block as the installed client writes it."""
    files = [{"kind": "image", "name": "그림.png", "mime": "image/png", "size": size, "dataUrl": "x" * size}]
    body = base64.b64encode(json.dumps(files).encode()).decode()
    return f"[[jarvis_attachments_v1]]{line}{body}{line}[[/jarvis_attachments_v1]]"


def test_the_author_edits() -> None:
    assert SAID.edited_by(ANA, "bye", LATER) == replace(SAID, content="bye", edited_at=LATER)


def test_the_author_deletes_and_the_text_is_gone() -> None:
    deleted = SAID.deleted_by_author(ANA, LATER)
    assert deleted == replace(SAID, content=DELETED_TEXT, deleted_at=LATER, deleted_by=ANA)
    assert deleted.deleted_by_author(ANA, LATER + timedelta(seconds=1)) is deleted
    with pytest.raises(AlreadyDeleted):
        deleted.edited_by(ANA, "back", LATER)


@pytest.mark.parametrize(
    "message",
    [SAID, SAID.deleted_by_author(ANA, LATER), replace(SAID, sender_type=SenderType.BOT, sender_id=None)],
    ids=["a person's", "a deleted one", "Jarvis's"],
)
def test_nobody_else_changes_a_message(message: Message) -> None:
    with pytest.raises(Forbidden):
        message.edited_by(BEN, "mine", LATER)
    with pytest.raises(Forbidden):
        message.deleted_by_author(BEN, LATER)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("plain", "plain"),
        (f"사진이에요\n{block()}", "사진이에요"),
        (f"사진이에요\r\n{block(line=chr(13) + chr(10))}\r\n", "사진이에요\r\n"),
        (block(), ""),
        (f"{block()}\nafter", "\nafter"),
        (f"one\n{block()}\ntwo\n{block()}", "one\ntwo"),
        ("[[jarvis_attachments_v1]]\nnot base64!\n[[/jarvis_attachments_v1]]", None),
        ("[[jarvis_attachments_v1]]\nAAAA", None),
        (f"in a line {block()}", None),
        (f"{block()} tail", None),
    ],
)
def test_the_attachment_block_is_no_text(content: str, text: str | None) -> None:
    assert text_of(content) == (content if text is None else text)


def test_content_is_kept_exactly() -> None:
    for content in ("  x \r\n", "👩‍👩‍👧", f"x\n{block()}\n"):
        assert message_content(content) == content


@pytest.mark.parametrize("content", ["", " \n\t", "\u3000"])
def test_nothing_cannot_be_said(content: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        message_content(content)
    assert [fault.field for fault in refused.value.details] == ["content"]


@pytest.mark.parametrize("content", ["a\x00b", "\ud83d", "ok \udc00"])
def test_what_cannot_be_stored_is_refused(content: str) -> None:
    with pytest.raises(InvalidInput):
        message_content(content)
    with pytest.raises(InvalidInput):
        client_temp_id(content)


@pytest.mark.parametrize(
    ("content", "limit"), [("a" * 10, 10), ("가" * 3, 9), (f"{'a' * 10}\n{block(10_000)}", 10), ("👋", 4)]
)
def test_the_limit_counts_bytes_of_text(content: str, limit: int) -> None:
    assert message_content(content, limit=limit) == content
    with pytest.raises(MessageTooLong):
        message_content(content, limit=limit - 1)


@pytest.mark.parametrize("size", [1, 200])
def test_a_client_id_may_have_up_to_200_characters(size: int) -> None:
    assert client_temp_id("가" * size) == "가" * size
    assert client_temp_id(None) is None


@pytest.mark.parametrize("value", ["", "x" * 201])
def test_other_client_ids_are_refused(value: str) -> None:
    with pytest.raises(InvalidInput):
        client_temp_id(value)


def test_a_fingerprint_tells_texts_apart() -> None:
    assert len(fingerprint("x")) == 16
    assert fingerprint("é") != fingerprint("e\u0301")
    assert fingerprint("x ") != fingerprint("x")
    assert fingerprint("안녕") == fingerprint("안녕")


def test_a_plain_text_keeps_its_fingerprint_and_what_hangs_on_it_makes_another() -> None:
    plain = fingerprint("안녕")
    assert plain.hex() == "76ced80885d4d2d67eb68c052a2d07c6"
    assert fingerprint("안녕", None, ()) == plain
    answered, file = MessageId(IDS.new()), AttachmentId(IDS.new())
    others = [
        fingerprint("안녕", answered),
        fingerprint("안녕", None, [AttachmentId(answered)]),
        fingerprint("안녕", answered, [file]),
        fingerprint("안녕", None, [file, AttachmentId(answered)]),
        fingerprint("안녕", None, [AttachmentId(answered), file]),
    ]
    assert len({plain, *others}) == 6
