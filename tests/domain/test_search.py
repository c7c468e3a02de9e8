"""Texts in entries of an index, and how well a text answers a query."""

# ruff: noqa: RUF001 -- widths and letters that only look alike are what is tested

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.search import Term, entries_of, folded, freshness, match, query_of

NOW = datetime(2026, 2, 16, tzinfo=UTC)


def words(query: str) -> list[str]:
    return [word.text for word in query_of(query).words]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("회의실", {"회의", "의실", "실"}),
        ("밥 먹자", {"밥", "먹자", "자"}),
        ("Deploy API-v2!", {"deploy", "api", "v2"}),
        ("ＡＢＣ ①", {"abc", "1"}),
        ("Straße", {"strasse"}),
        ("3시에", {"3", "시에", "에"}),
        ("축하 🎉🎉", {"축하", "하", "🎉"}),
        ("snake_case", {"snake", "case"}),
        ("", set()),
        ("!? …", set()),
        ("x" * 200, {"x" * 64}),
        ("글\n[[jarvis_attachments_v1]]\nW10=\n[[/jarvis_attachments_v1]]", {"글"}),
    ],
)
def test_entries(text: str, entries: set[str]) -> None:
    assert entries_of(text) == entries


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("회의실은 어디야?", ["회의실", "어디야"]),
        ("배포 언제 했어", ["배포"]),
        ("언제", ["언제"]),
        ("When did we deploy the services?", ["deploy", "servic"]),
        ("서버에서 서버로", ["서버"]),
        ("나는", ["나는"]),
        ("", []),
    ],
)
def test_what_a_query_looks_for(query: str, found: list[str]) -> None:
    assert words(query) == found


def test_a_query_has_so_many_words_at_the_most() -> None:
    assert len(words(" ".join(f"word{number}x" for number in range(100)))) == 24


@given(st.text(max_size=60))
def test_the_way_back_from_what_is_folded_leads_into_the_text(text: str) -> None:
    part = folded(text)
    for place in range(len(part.text)):
        start, end = part.span(place, place + 1)
        assert 0 <= start < end <= len(text)
    if part.text:
        assert part.span(0, len(part.text)) == (0, len(text))


@given(st.text(alphabet="가나다라 마바abcABC\u1112\u1161\u11ab１２!🎉", min_size=1, max_size=30))
def test_whatever_has_words_is_found_by_itself(text: str) -> None:
    query = query_of(text)
    if query.words:
        found = match(query, text, {})
        assert found is not None
        assert all(0 <= start < end <= len(text) for start, end in found.spans)
        assert list(found.spans) == sorted(found.spans)
        entries = entries_of(text)
        assert all(term.is_in(entries) for term in query.terms)


def test_rare_words_weigh_more_than_common_ones() -> None:
    query = query_of("배포 나비")
    frequencies = {Term("배포"): 0.5, Term("나비"): 0.001}
    rare, common = match(query, "나비", frequencies), match(query, "배포", frequencies, least=0)
    assert rare is not None
    assert common is not None
    assert rare.score > 2 * common.score
    assert match(query, "배포", frequencies) is None, "that is too little"
    assert match(query, "딴 이야기", frequencies) is None


def test_a_word_as_a_whole_is_better_than_its_pieces() -> None:
    query = query_of("데이터베이스")
    whole, pieces = match(query, "데이터베이스 이전", {}), match(query, "베이스 데이터", {})
    assert whole is not None
    assert pieces is not None
    assert whole.score > pieces.score


def test_what_is_new_is_fresh() -> None:
    assert freshness(NOW, NOW) == 1
    assert freshness(NOW + timedelta(hours=1), NOW) == 1
    assert freshness(NOW - timedelta(days=14), NOW) == 0.5
