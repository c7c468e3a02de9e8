"""Refusals: each with a code of its own, a kind and words for a person."""

from domain.errors import Fault, InvalidInput, Kind
from tests.refusals import REFUSALS


def test_codes_are_told_apart() -> None:
    codes = [error.code for error in REFUSALS]
    assert len(set(codes)) == len(codes) > 10
    assert all(code == code.upper() and code.isascii() for code in codes)


def test_every_refusal_has_a_kind_and_says_something() -> None:
    for error in REFUSALS:
        refused = error()
        assert isinstance(refused.kind, Kind)
        assert str(refused) == refused.message
        assert refused.message.endswith((".", "!"))


def test_a_refusal_may_be_told_in_other_words_and_name_the_fields() -> None:
    refused = InvalidInput("No.", details=[Fault("title", "must not be empty")])
    assert (str(refused), refused.details) == ("No.", (Fault("title", "must not be empty"),))
    assert InvalidInput().message == InvalidInput.message
