"""What a room knows beside its talk: told as if it had been said, and what its cards propose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from application.ports.chat_model import Said
from application.ports.matters import Choice
from application.ports.unit_of_work import UnitOfWork
from domain.ideas import Card
from domain.ids import RoomId, UserId
from domain.matters import MATTERS_LIMIT, Matter
from domain.specification import Idea

MOST_CARDS = 1000
"""How many of its newest cards are read."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a room knows, the newest first; ``complete`` where that is all of it.

    Who says it is what it is: ``(card)``, ``(open task)``.
    """

    told: Sequence[Said] = ()
    complete: bool = True


async def known_of(work: UnitOfWork, room_id: RoomId) -> Known:
    """Its cards, decisions and tasks."""
    matters = await work.matters.of_room(room_id, Choice(), take=2 * MATTERS_LIMIT)
    names = await owners_of(work, matters)
    cards = await work.cards.page(room_id, take=MOST_CARDS + 1)
    told = [*map(_card, cards[:MOST_CARDS]), *(_matter(matter, names) for matter in matters)]
    return Known(sorted(told, key=lambda said: said.at, reverse=True), len(cards) <= MOST_CARDS)


async def ideas_of(work: UnitOfWork, room_id: RoomId) -> Sequence[Idea]:
    """What its cards propose, the newest first."""
    cards = await work.cards.page(room_id, take=MOST_CARDS)
    return [Idea(card.title, card.content.problem, card.content.proposal) for card in cards]


async def owners_of(work: UnitOfWork, matters: Sequence[Matter]) -> Mapping[UserId, str]:
    """The names of those who own them."""
    owners = {matter.owner_id for matter in matters if matter.owner_id is not None}
    return {user.id: user.name for user in await work.users.existing(sorted(owners))} if owners else {}


def _card(card: Card) -> Said:
    content = card.content
    named = {
        "problem": content.problem,
        "proposal": content.proposal,
        "impact": content.impact,
        "constraints": content.constraints,
        "owners": ", ".join(content.owners),
    }
    parts = [card.title, *(f"{name}: {text}" for name, text in named.items() if text)]
    return Said("(card)", "; ".join(parts), card.created_at)


def _matter(matter: Matter, names: Mapping[UserId, str]) -> Said:
    parts = [matter.title]
    if matter.owner_id is not None:
        parts.append(f"owner: {names.get(matter.owner_id, '?')}")
    if matter.due is not None:
        parts.append(f"due: {matter.due.isoformat()}")
    if matter.note:
        parts.append(matter.note)
    return Said(f"({matter.state.value} {matter.kind.value})", "; ".join(parts), matter.created_at)
