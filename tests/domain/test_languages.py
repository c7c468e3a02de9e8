"""Which languages there are, and how they are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import UnsupportedTargetLanguage
from domain.languages import _LANGUAGES, Language, language_of


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ko", Language("ko", "Korean")),
        ("EN", Language("en", "English")),
        (" ja ", Language("ja", "Japanese")),
        ("pt-br", Language("pt-BR", "Portuguese (BR)")),
        ("ko_KR", Language("ko-KR", "Korean (KR)")),
        ("ZH-hant", Language("zh-Hant", "Chinese (Traditional characters)")),
        ("zh-Hant-TW", Language("zh-Hant-TW", "Chinese (Traditional characters, TW)")),
        ("es-419", Language("es-419", "Spanish (419)")),
        ("iw", Language("he", "Hebrew")),
        ("fil", Language("fil", "Filipino")),
        ("nb", Language("nb", "Norwegian Bokmål")),
    ],
)
def test_a_language_is_known_by_its_tag(tag: str, language: Language) -> None:
    assert language_of(tag) == language


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "xx",
        "k",
        "korean",
        "ko-",
        "-ko",
        "ko-K",
        "ko-XX",
        "ko-Zzzz",
        "en-US-posix",
        "zz-KR",
        "한국어",
        "k\no",
        "qqq",
        "*",
    ],
)
def test_what_is_no_language_is_refused(tag: str) -> None:
    with pytest.raises(UnsupportedTargetLanguage):
        language_of(tag)


def test_every_code_of_two_letters_is_there() -> None:
    assert len([code for code in _LANGUAGES if len(code) == 2]) == 183
    assert all(language_of(code) == Language(code, name) for code, name in _LANGUAGES.items())


@given(st.text(max_size=12))
def test_a_tag_is_known_or_refused_and_its_own_form_means_the_same(tag: str) -> None:
    try:
        known = language_of(tag)
    except UnsupportedTargetLanguage:
        return
    assert language_of(known.tag) == known
