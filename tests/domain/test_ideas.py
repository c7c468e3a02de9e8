"""Cards: where their words come from, and which of them say the same."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.attachments import Attachment, AttachmentKind
from domain.ideas import (
    CardContent,
    CardDraft,
    CardGraph,
    CardLimits,
    Idea,
    folded,
    news_among,
    quoted,
    source_named,
    title_of,
)
from domain.ids import AttachmentId, MessageId, RoomId
from domain.messages import Message, SenderType
from tests.builders import SequenceIds

IDS = SequenceIds()
AT = datetime(2026, 2, 16, tzinfo=UTC)
BLOCK = "[[jarvis_attachments_v1]]\nW10=\n[[/jarvis_attachments_v1]]"


def message(content: str, *attachments: Attachment) -> Message:
    ids = MessageId(IDS.new()), RoomId(IDS.new())
    return Message(*ids, 1, SenderType.USER, None, content, AT, attachments=attachments)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("short", "short"),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 60 + "…"),
        ("가" * 100, "가" * 60 + "…"),
        ("one\n\ntwo", "one two"),
    ],
)
def test_a_title_is_the_first_sixty_characters(text: str, title: str) -> None:
    assert title_of(text) == title
    assert quoted(message(text))[0] == title


def test_what_a_message_says_without_its_files() -> None:
    said = message(f" 그림 보세요\n{BLOCK}")
    assert quoted(said) == ("그림 보세요", CardContent("그림 보세요", evidence=(f"message:{said.id}",)))


def test_a_message_of_files_alone_is_called_by_their_names() -> None:
    file = Attachment(AttachmentId(IDS.new()), "설계.pdf", "application/pdf", 10, AttachmentKind.FILE)
    assert quoted(message(" ", file))[0] == "설계.pdf"


@pytest.mark.parametrize("text", [None, "", "  ", "stream:", "stream:019c", " stream:x"])
def test_what_is_streamed_is_no_source(text: str | None) -> None:
    assert source_named(text) is None


def test_what_else_is_named_is_one() -> None:
    assert source_named(" local:1 ") == "local:1"


@given(st.text())
@example("A\u00a8")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Login API", "login  api"),
        ("\uff21\uff30\uff29", "api"),
        ("결제 지연", "결제지연"),
        ("ｶﾞ", "ガ"),
        ("Straße", "STRASSE"),
    ],
)
def test_case_width_and_spacing_make_no_other_label(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_what_is_news() -> None:
    ideas = [Idea("A", "x"), Idea("a ", "y"), Idea("B", "X"), Idea("C"), Idea("D"), Idea(" ", "z"), Idea("E", "y")]
    assert [idea.title for idea in news_among(ideas, [])] == ["A", "C", "D", "E"]


def test_a_draft_is_tidied() -> None:
    draft = CardDraft(" a\n b ", CardContent(owners=("Ana", " Ana", "", "Ben")), CardGraph(issues=("x", "x ")))
    checked = draft.checked(CardLimits())
    assert checked == CardDraft("a b", CardContent(owners=("Ana", "Ben")), CardGraph(issues=("x",)))
    assert CardDraft("  ").checked(CardLimits()) == CardDraft()
