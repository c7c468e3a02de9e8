"""Specifications: what is not known says so and is listed; whatever people wrote is text in the documents."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from domain.ids import MatterId, PulseReportId, RoomId, UserId
from domain.markdown import document, heading, inline, table
from domain.matters import STATES, Matter, MatterKind, MatterState, Origin
from domain.pulse import ApiCall, Entity, Named, Outline, PulseDraft, PulseReport, Section
from domain.specification import TBD, Idea, specification
from domain.specification_documents import NAMES, Packet, documents

AT = datetime(2026, 2, 16, 1, 2, tzinfo=UTC)
ROOM = RoomId(UUID(int=1))
ANA = UserId(UUID(int=2))
HOSTILE = (
    "<div", "</div",
    "# head", "## a ##", "- item", "* item", "+ item", "1. item", "12) item", "> quote", "```py", "~~~", "---", "===",
    "a | b", "|x|", "| --- |", "<script>alert(1)</script>", "<!-- x -->", "[a](javascript:b)", "![i](http://x/y.png)",
    "http://x.example/a", "www.x.example", "a@b.example", "**b**", "__b__", "`code`", "&lt;b&gt;", "a\\", "\\|", "\\`",
    "    indented", "\tindented", "line\n# other", "line\r\n\r\n| a |", "\u2028# x", "\x85- x", "[^1]: note", "[a]: /b",
    "TBD",
    "$x^2$", "~~gone~~", "👨‍👩‍👧 가족",
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("#|`*_[]()<>!\\-+=~&@:/.1 \n\r\taB가"), max_size=30),
    st.lists(st.sampled_from(HOSTILE), max_size=3).map("\n".join),
    st.just(""),
)
names = texts
outlines = st.builds(
    Outline,
    texts,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.builds(Named, texts, texts), max_size=3).map(tuple),
    st.lists(st.builds(Entity, texts, st.lists(texts, max_size=3).map(tuple)), max_size=3).map(tuple),
    st.lists(st.builds(Named, texts, texts), max_size=3).map(tuple),
    st.lists(st.builds(ApiCall, texts, texts, texts), max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
)
reports = st.builds(
    lambda summary, sections, suggestions, outline: PulseReport(
        PulseReportId(UUID(int=9)), ROOM, AT, 1, PulseDraft(summary, sections, suggestions, outline)
    ),
    texts,
    st.dictionaries(st.sampled_from(Section), texts, max_size=5),
    st.lists(texts, max_size=2).map(tuple),
    outlines,
)
ideas = st.lists(st.builds(Idea, texts, texts, texts), max_size=3)


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    kind = draw(st.sampled_from(MatterKind))
    return Matter(
        MatterId(UUID(int=draw(st.integers(1, 1 << 60)))), ROOM, kind, draw(texts), draw(st.sampled_from(STATES[kind])),
        Origin.MARKED, AT, AT, owner_id=draw(st.sampled_from([None, ANA])),
        due=draw(st.none() | st.dates()), note=draw(texts),
    )  # fmt: skip


packets = st.builds(
    lambda title, report, found, kept, owner: Packet(
        specification(title, report, found, kept), report, found, kept, {ANA: owner}
    ),
    texts,
    reports,
    ideas,
    st.lists(matters(), max_size=4),
    texts,
)


def leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        assert value, f"{place} is an empty list: it should say {TBD}"
        for number, part in enumerate(value):
            yield from leaves(part, f"{place}[{number}]")
    else:
        assert isinstance(value, str)
        yield place, value


@given(packets)
def test_every_text_is_there_or_says_tbd_and_is_listed(packet: Packet) -> None:
    found = list(leaves(packet.specification.content))
    assert all(text.strip() for _, text in found)
    assert list(packet.specification.unknown) == [place for place, text in found if text == TBD]
    assert set(packet.specification.content) == {"project", "scope", "roles", "entities", "pages", "api", "policies"}
    assert set(packet.specification.content["scope"]) == {"goal", "mvp", "outOfScope"}


def parsed(text: str) -> list[Token]:
    return MarkdownIt("gfm-like", {"linkify": False}).parse(text)


def shown(token: Token) -> str:
    """What an inline token shows; it must be text and nothing else."""
    for child in token.children or ():
        assert child.type in {"text", "text_special"}, (child.type, token.content)
    return "".join(child.content for child in token.children or ())


def folded(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_be_more_than_text_is_text(text: str) -> None:
    _require_text(text)


@given(texts)
@settings(max_examples=400)
def test_what_people_wrote_is_text_wherever_it_stands(text: str) -> None:
    _require_text(text)


def _require_text(text: str) -> None:
    said = folded(text) or "—"
    tokens = parsed(
        document([heading(2, text), table(["a", "b"], [(text, "x"), ("y", text)]), f"- {inline(text) or '—'}"])
    )
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    row = ["tr_open", "td_open", "td_open"]
    assert kinds == [
        "heading_open", "table_open", "thead_open", "tr_open", "th_open", "th_open", "tbody_open", *row, *row,
        "bullet_list_open", "list_item_open", "paragraph_open",
    ]  # fmt: skip
    assert [shown(token) for token in tokens if token.type == "inline"] == [said, "a", "b", said, "x", "y", said, said]


@given(packets)
@settings(max_examples=150, deadline=None)
def test_documents_hold_headings_lists_paragraphs_and_tables_alone(packet: Packet) -> None:
    written = documents(packet)
    assert tuple(written) == NAMES == ("PRD.md", "UX_FLOW.md", "API_SPEC.md", "DB_SCHEMA.md", "DECISIONS.md")
    assert documents(packet) == written
    for text in written.values():
        columns: list[int] = []
        tokens = parsed(text)
        assert [token.tag for token in tokens if token.type == "heading_open"].count("h1") == 1
        for token in tokens:
            assert token.type.removesuffix("_open").removesuffix("_close") in {
                "heading", "inline", "paragraph", "bullet_list", "list_item",
                "table", "thead", "tbody", "tr", "th", "td",
            }, token.type  # fmt: skip
            if token.type == "inline":
                shown(token)
            if token.type == "tr_open":
                columns.append(0)
            elif token.type in {"th_open", "td_open"}:
                columns[-1] += 1
        assert all(columns)
        assert text.endswith("\n")
        assert "\r" not in text
    headings = _headings(written["DB_SCHEMA.md"])
    assert headings[1:] == [folded(entity.name) or "—" for entity in packet.specification.entities]
    rows = len(packet.of_kind(MatterKind.DECISION))
    assert _rows_of_first_table(written["DECISIONS.md"], rows) == [
        folded(matter.title) or "—" for matter in packet.of_kind(MatterKind.DECISION)
    ]


def _headings(text: str) -> list[str]:
    tokens = parsed(text)
    return [shown(tokens[at + 1]) for at, token in enumerate(tokens) if token.type == "heading_open"]


def _rows_of_first_table(text: str, rows: int) -> list[str]:
    tokens = parsed(text)
    cells = [shown(tokens[at + 1]) for at, token in enumerate(tokens) if token.type == "td_open"]
    return cells[: rows * 6 : 6]


def test_what_was_said_completes_the_outline() -> None:
    outline = Outline(goal="회의를 줄인다", mvp=(), policies=("하루 한 번",), entities=(Entity("글", ()),))
    report = PulseReport(PulseReportId(UUID(int=9)), ROOM, AT, 1, PulseDraft("요약", {}, (), outline))
    decided = Matter(
        MatterId(UUID(int=5)), ROOM, MatterKind.DECISION, "금요일 배포", MatterState.DECIDED, Origin.FOUND, AT, AT,
        owner_id=ANA, due=date(2026, 3, 2),
    )  # fmt: skip
    dropped = replace(decided, id=MatterId(UUID(int=6)), kind=MatterKind.TASK, title="결제", state=MatterState.DROPPED)
    packet = specification("배포", report, [Idea("봇", "느리다", "봇을 붙인다"), Idea("알림")], [dropped, decided])
    assert packet.content == {
        "project": {"name": "배포", "summary": "요약"},
        "scope": {"goal": "회의를 줄인다", "mvp": ["봇을 붙인다", "알림"], "outOfScope": ["결제"]},
        "roles": [{"name": "TBD", "purpose": "TBD"}],
        "entities": [{"name": "글", "fields": ["TBD"]}],
        "pages": [{"name": "TBD", "purpose": "TBD"}],
        "api": [{"method": "TBD", "path": "TBD", "purpose": "TBD"}],
        "policies": ["하루 한 번", "금요일 배포"],
    }
    assert packet.unknown == [
        "roles[0].name", "roles[0].purpose", "entities[0].fields[0]", "pages[0].name", "pages[0].purpose",
        "api[0].method", "api[0].path", "api[0].purpose",
    ]  # fmt: skip
    decisions = documents(Packet(packet, report, (), [dropped, decided], {ANA: "아나|\n# x"}))["DECISIONS.md"]
    assert "| 금요일 배포 | 결정됨 | 아나\\| \\# x | 2026-03-02 | 2026-02-16 | — |" in decisions
