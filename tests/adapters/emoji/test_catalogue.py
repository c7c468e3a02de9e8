"""What counts as one emoji."""

import pytest

from adapters.emoji.catalogue import EmojiCatalogue

EMOJI = EmojiCatalogue()


@pytest.mark.parametrize("text", ["👍", "👍🏽", "❤️", "👩‍👩‍👧", "🏳️‍🌈", "🇰🇷", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "©️"])
def test_an_emoji_is_itself(text: str) -> None:
    assert EMOJI.canonical(text) == text


@pytest.mark.parametrize(
    ("text", "canonical"), [("❤", "❤️"), ("☺", "☺️"), ("👍\ufe0f", "👍"), ("🏳‍🌈", "🏳️‍🌈"), ("👁‍🗨", "👁️‍🗨️")]
)
def test_two_ways_to_write_one_count_as_one(text: str, canonical: str) -> None:
    assert EMOJI.canonical(text) == canonical


@pytest.mark.parametrize("text", ["", " ", "a", "1", "#", "👍👍", "👍 ", " 👍", ":thumbs_up:", "👍" * 10_000])
def test_no_other_text_is_one(text: str) -> None:
    assert EMOJI.canonical(text) is None


@pytest.mark.parametrize("text", ["🏽", "🦰", "\ufe0f", "\u200d", "👍\u200d", "\x00", "\ud83d"])
def test_a_part_of_an_emoji_is_none(text: str) -> None:
    assert EMOJI.canonical(text) is None
