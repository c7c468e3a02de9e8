"""Reactions: one a person and emoji, and not without end."""

import pytest

from domain.errors import TooManyReactions
from domain.ids import UserId
from domain.reactions import EMOJI_LIMIT, REACTIONS_LIMIT, Reaction, Reactions, with_reaction, without_reaction
from tests.builders import SequenceIds

IDS = SequenceIds()
ANA, BEN = UserId(IDS.new()), UserId(IDS.new())
BOTH = (Reaction("👍", (ANA, BEN)), Reaction("🎉", (BEN,)))


def test_reactions_stand_in_the_order_in_which_they_came() -> None:
    reactions: Reactions = ()
    for user_id, emoji in ((ANA, "👍"), (BEN, "🎉"), (BEN, "👍")):
        reactions = with_reaction(reactions, user_id, emoji)
    assert reactions == BOTH


def test_the_same_reaction_again_changes_nothing() -> None:
    assert with_reaction(BOTH, ANA, "👍") is BOTH
    assert without_reaction(BOTH, ANA, "🎉") is BOTH
    assert without_reaction(BOTH, ANA, "👎") is BOTH


def test_an_emoji_goes_with_the_last_who_used_it() -> None:
    assert without_reaction(BOTH, BEN, "🎉") == (Reaction("👍", (ANA, BEN)),)
    assert without_reaction(BOTH, ANA, "👍") == (Reaction("👍", (BEN,)), Reaction("🎉", (BEN,)))


def test_a_message_has_so_many_different_emoji_and_no_more() -> None:
    full = tuple(Reaction(chr(0x1F600 + number), (ANA,)) for number in range(EMOJI_LIMIT))
    with pytest.raises(TooManyReactions):
        with_reaction(full, ANA, "🎉")
    assert with_reaction(full, BEN, full[0].emoji)[0].user_ids == (ANA, BEN)
    assert with_reaction(full[1:], ANA, "🎉")[-1] == Reaction("🎉", (ANA,))


def test_a_message_has_so_many_reactions_and_no_more() -> None:
    crowd = (Reaction("👍", tuple(UserId(IDS.new()) for _ in range(REACTIONS_LIMIT))),)
    for emoji in ("👍", "🎉"):
        with pytest.raises(TooManyReactions):
            with_reaction(crowd, ANA, emoji)
    assert with_reaction(crowd, crowd[0].user_ids[0], "👍") is crowd
