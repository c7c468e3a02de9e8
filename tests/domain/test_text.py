"""Texts from outside, and texts that are too long for one piece."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import in_pieces


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(4, 60))
def test_pieces_fit_and_are_the_text(text: str, most: int) -> None:
    pieces = list(in_pieces(text, most))
    assert "".join(pieces) == text
    assert all(len(piece.encode()) <= most for piece in pieces)
    assert all(pieces) or not text


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", [""]),
        ("0123456789", ["0123456789"]),
        ("One. Two. Three.", ["One. Two.", " Three."]),
        ("It is 3.14 today", ["It is 3.14", " today"]),
        ("one two three", ["one two", " three"]),
        ("one\ntwo three", ["one\ntwo", " three"]),
        ("A. " + "b" * 12, ["A. bbbbbbb", "bbbbb"]),
        ("네? " + "가" * 4, ["네? 가", "가가가"]),
        ("가" * 7, ["가가가", "가가가", "가"]),
    ],
)
def test_they_end_where_a_sentence_does_or_else_a_word(text: str, pieces: list[str]) -> None:
    assert list(in_pieces(text, 10)) == pieces
