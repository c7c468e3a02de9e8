"""How much of what was said the model is shown."""

from collections.abc import Sequence
from dataclasses import replace

from application.ports.chat_model import Said

_CHARACTERS_A_TOKEN = 4
_AROUND_A_MESSAGE = 40
"""Tokens that time and punctuation take."""
_AROUND_A_NAME = 2


def estimated_tokens(text: str) -> int:
    """About how many tokens a text is: one for four ASCII characters and one for each other, which errs on the high
    side for Korean."""
    others = sum(not character.isascii() for character in text)
    return others + -(-(len(text) - others) // _CHARACTERS_A_TOKEN)


def shortened(text: str, tokens: int) -> str:
    """The text, or as much of its beginning as is about so many tokens, and ``…``."""
    if estimated_tokens(text) <= tokens:
        return text
    kept, left = 0, float(tokens)
    for character in text:
        left -= 1 / _CHARACTERS_A_TOKEN if character.isascii() else 1
        if left < 0:
            break
        kept += 1
    return f"{text[:kept].rstrip()}…"


def fitting(said: Sequence[Said], tokens: int) -> tuple[list[Said], int]:
    """The last messages that fit into so many tokens, in their order, and the tokens that are left.

    No single one takes more than a quarter: the rest of it is cut off, so that a long text does not push out the talk.
    """
    longest = max(tokens // 4, 1)
    kept: list[Said] = []
    for one in reversed(said):
        text = shortened(one.text, longest)
        cost = estimated_tokens(text) + estimated_tokens(one.speaker or "") + _AROUND_A_MESSAGE
        if cost > tokens:
            break
        tokens -= cost
        kept.append(replace(one, text=text))
    return kept[::-1], tokens


def names_fitting(names: Sequence[str], tokens: int) -> tuple[list[str], int]:
    """The first names that fit into so many tokens, and the tokens that are left."""
    kept: list[str] = []
    for name in names:
        cost = estimated_tokens(name) + _AROUND_A_NAME
        if cost > tokens:
            break
        tokens -= cost
        kept.append(name)
    return kept, tokens
