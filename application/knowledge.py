"""What rooms know, as graphs."""

from collections.abc import Sequence

from application.membership import require_member
from application.ports.matters import Choice
from application.ports.unit_of_work import UnitOfWork, Work
from domain.ideas import Card
from domain.ids import RoomId
from domain.knowledge import Decided, Graph, Place, evidence_named, room_graph, whole_graph
from domain.matters import MATTERS_LIMIT, MatterKind, MatterState
from domain.users import Actor
from domain.weeks import Week


class Knowledge:
    """Reading what one's rooms know. With a ``week``, of the cards that a model made those of that week alone."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def of_room(self, actor: Actor, room_id: RoomId, week: Week | None = None) -> Graph:
        """The graph of a room. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            title = (await work.rooms.summary(room_id, actor.id)).room.title
            cards = await work.cards.of_rooms([room_id], week=week)
        return room_graph(Place(room_id, title), cards)

    async def of_all_rooms(self, actor: Actor, week: Week | None = None) -> Graph:
        """The graph of all rooms that the actor is in, with the messages that say what stands in it."""
        async with self._work() as work:
            rooms = {summary.room.id: summary.room.title for summary in await work.rooms.of_user(actor.id)}
            cards = await work.cards.of_rooms(list(rooms), week=week)
            decisions = [decision for room_id in rooms for decision in await _decisions(work, room_id)]
            places = await _places(work, rooms, cards, decisions)
            readable = await work.activity.standing(list(rooms), evidence_named(cards, decisions))
        return whole_graph(places, cards, decisions, readable)


async def _decisions(work: UnitOfWork, room_id: RoomId) -> Sequence[Decided]:
    choice = Choice(MatterKind.DECISION)
    found = await work.matters.of_room(room_id, choice, take=MATTERS_LIMIT)
    return [
        Decided(room_id, one.title, one.owner_id, one.source_id)
        for one in found
        if one.state is not MatterState.REVOKED
    ]


async def _places(
    work: UnitOfWork, rooms: dict[RoomId, str], cards: Sequence[Card], decisions: Sequence[Decided]
) -> Sequence[Place]:
    """The rooms, with the members of those in which somebody is named."""
    named = {card.room_id for card in cards if card.content.owners}
    named |= {decision.room_id for decision in decisions if decision.owner_id is not None}
    places = []
    for room_id, title in rooms.items():
        profiles = await work.members.profiles(room_id) if room_id in named else []
        places.append(Place(room_id, title, tuple((user.id, user.name) for _, user in profiles)))
    return places
