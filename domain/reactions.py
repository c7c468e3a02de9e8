"""What people answer a message with when they say nothing: one emoji, or several."""

from dataclasses import dataclass, replace

from domain.errors import TooManyReactions
from domain.ids import UserId

EMOJI_LIMIT = 20
"""How many different emoji a message may have."""

REACTIONS_LIMIT = 1000
"""How many reactions a message may have, of all people together."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji, and who has reacted with it, in the order in which they did."""

    emoji: str
    user_ids: tuple[UserId, ...]


Reactions = tuple[Reaction, ...]
"""In the order in which each emoji was first used."""


def with_reaction(reactions: Reactions, user_id: UserId, emoji: str) -> Reactions:
    """The reactions with one more; the same ones where the person has reacted with this emoji already.

    Raises:
        TooManyReactions: the message has as many as it may have.
    """
    places = {reaction.emoji: place for place, reaction in enumerate(reactions)}
    place = places.get(emoji)
    if place is not None and user_id in reactions[place].user_ids:
        return reactions
    if sum(len(reaction.user_ids) for reaction in reactions) >= REACTIONS_LIMIT:
        raise TooManyReactions
    if place is None:
        if len(reactions) >= EMOJI_LIMIT:
            raise TooManyReactions
        return (*reactions, Reaction(emoji, (user_id,)))
    changed = replace(reactions[place], user_ids=(*reactions[place].user_ids, user_id))
    return (*reactions[:place], changed, *reactions[place + 1 :])


def without_reaction(reactions: Reactions, user_id: UserId, emoji: str) -> Reactions:
    """The reactions without this one; the same ones where it is not among them."""
    for place, reaction in enumerate(reactions):
        if reaction.emoji == emoji and user_id in reaction.user_ids:
            left = tuple(other for other in reaction.user_ids if other != user_id)
            changed = (replace(reaction, user_ids=left),) if left else ()
            return (*reactions[:place], *changed, *reactions[place + 1 :])
    return reactions
