"""What rooms know, as graphs."""

from collections.abc import Sequence

from application.membership import require_member
from application.ports.matters import Choice
from application.ports.unit_of_work import UnitOfWork, Work
from domain.ideas import Card
from domain.ids import RoomId, UserId
from domain.knowledge import Decided, Graph, Place, evidence_named, room_graph, whole_graph
from domain.matters import Matter, MatterKind, MatterState
from domain.messages import DELETED_TEXT
from domain.users import Actor
from domain.weeks import Week

_PAGE = 500


class Knowledge:
    """Reading what one's rooms know. With a ``week``, of the cards that a model made those of that week alone."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def of_room(self, actor: Actor, room_id: RoomId, week: Week | None = None) -> Graph:
        """The graph of a room. Raises Forbidden."""
        async with self._work() as work:
            await require_member(work, room_id, actor.id)
            title = await work.titles.of(room_id, actor.id)
            cards = await work.cards.of_rooms([room_id], week=week)
        return room_graph(Place(room_id, title), cards)

    async def of_all_rooms(self, actor: Actor, week: Week | None = None) -> Graph:
        """The graph of all rooms that the actor is in, with the messages that say what stands in it."""
        async with self._work() as work:
            rooms = {summary.room.id: summary.room.title for summary in await work.rooms.of_user(actor.id)}
            cards = await work.cards.of_rooms(list(rooms), week=week)
            decisions = await _decisions(work, actor.id)
            places = await _places(work, rooms, cards, decisions)
            readable = await work.activity.standing(list(rooms), evidence_named(cards, decisions))
        return whole_graph(places, cards, decisions, readable)


async def _decisions(work: UnitOfWork, reader_id: UserId) -> Sequence[Decided]:
    """Those of the reader's rooms that stand, and that still say what they are about."""
    found: list[Matter] = []
    while True:
        before = found[-1].id if found else None
        page = await work.matters.of_reader(reader_id, Choice(MatterKind.DECISION), before=before, take=_PAGE)
        found += page
        if len(page) < _PAGE:
            break
    return [
        Decided(one.room_id, one.title, one.owner_id, one.source_id)
        for one in found
        if one.state is not MatterState.REVOKED and one.title != DELETED_TEXT
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
