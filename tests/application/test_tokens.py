"""How many tokens texts are taken to be."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.jarvis.budget import fitting
from application.portions import in_parts
from application.ports.chat_model import Said
from application.tokens import shortened, tokens_of
from tests.builders import START


def test_tokens_are_rather_too_many_than_too_few() -> None:
    assert [tokens_of(text) for text in ("", "가나다라마바", "hello world!", "a")] == [0, 6, 4, 1]
    assert tokens_of("7" * 300) >= 100, "models take at most three digits at once"


@given(st.text(), st.integers(1, 50))
def test_what_is_shortened_fits_and_is_as_much_of_the_beginning_as_fits(text: str, tokens: int) -> None:
    short = shortened(text, tokens)
    if tokens_of(text) <= tokens:
        assert short == text
        return
    kept = short.removesuffix("…")
    assert text.startswith(kept)
    assert tokens_of(kept) <= tokens
    left_out = text.removeprefix(kept)
    assert left_out[0].isspace() or tokens_of(kept + left_out[0]) > tokens


def test_half_of_a_pair_of_surrogates_is_no_hindrance() -> None:
    assert tokens_of("\ud800" * 5) == 5
    assert shortened("가" + "\ud800" * 5, 2) == "가…"


@pytest.mark.parametrize("text", ["가" * 50, "http://x.example/?id=1234567890" * 10, "just words " * 20])
async def test_a_question_and_a_summary_take_a_message_for_as_long(text: str) -> None:
    said = [Said("Ana", text, START) for _ in range(6)]
    budget = 3 * (tokens_of(text) + 40)
    kept, left = fitting(said, budget * 4)
    assert (len(kept), left) == (6, budget * 2 - 6 * tokens_of("Ana"))

    async def newest_first() -> AsyncIterator[Said]:
        for one in reversed(said):
            yield one

    parts = [part async for part in in_parts(newest_first(), budget)]
    assert [len(part) for part in parts] == [3, 3]
