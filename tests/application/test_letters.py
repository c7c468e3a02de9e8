"""Letters say what they have to, in both languages."""

from datetime import timedelta

import pytest

from application.letters import Language, Letter, written

LINK = "https://chat.example.com/#/confirm/1"


def body(letter: Letter, language: Language, lasts: timedelta | None, name: str = "아나") -> str:
    mail = written(letter, language, to="ana@local", name=name, link=LINK, lasts=lasts)
    assert mail.to == ("ana@local",)
    assert LINK in mail.text
    return mail.text


@pytest.mark.parametrize(
    ("lasts", "korean", "english"),
    [
        (timedelta(hours=24), "24시간 안에", "within 24 hours."),
        (timedelta(hours=1), "1시간 안에", "within 1 hour."),
        (timedelta(minutes=90), "90분 안에", "within 90 minutes."),
        (timedelta(minutes=1), "1분 안에", "within 1 minute."),
    ],
)
@pytest.mark.parametrize("letter", [Letter.CONFIRM, Letter.RESET])
def test_how_long_a_link_is_good(letter: Letter, lasts: timedelta, korean: str, english: str) -> None:
    assert korean in body(letter, Language.KOREAN, lasts)
    assert english in body(letter, Language.ENGLISH, lasts)


@pytest.mark.parametrize("language", Language)
def test_a_link_that_ends_is_not_sent_without_saying_when(language: Language) -> None:
    for letter in (Letter.CONFIRM, Letter.RESET):
        with pytest.raises(KeyError):
            body(letter, language, None)
    assert body(Letter.KNOWN_ALREADY, language, None)
