"""How much of what was said the model is shown."""

from collections.abc import Sequence
from dataclasses import replace

from application.ports.chat_model import Said
from application.tokens import AROUND_A_MESSAGE, shortened, tokens_of

_AROUND_A_NAME = 2
"""Tokens that punctuation takes."""


def fitting(said: Sequence[Said], tokens: int) -> tuple[list[Said], int]:
    """The last messages that fit into so many tokens, in their order, and the tokens that are left.

    No single one takes more than a quarter: the rest of it is cut off, so that a long text does not push out the talk.
    """
    longest = max(tokens // 4, 1)
    kept: list[Said] = []
    for one in reversed(said):
        text = shortened(one.text, longest)
        cost = tokens_of(text) + tokens_of(one.speaker or "") + AROUND_A_MESSAGE
        if cost > tokens:
            break
        tokens -= cost
        kept.append(replace(one, text=text))
    return kept[::-1], tokens


def names_fitting(names: Sequence[str], tokens: int) -> tuple[list[str], int]:
    """The first names that fit into so many tokens, and the tokens that are left."""
    kept: list[str] = []
    for name in names:
        cost = tokens_of(name) + _AROUND_A_NAME
        if cost > tokens:
            break
        tokens -= cost
        kept.append(name)
    return kept, tokens
