"""What rooms know as a graph: cards, and what they are about, shared by those that are about the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from domain.ideas import Card, folded
from domain.ids import MessageId, RoomId, UserId

MOST_EVIDENCE = 50
"""How many messages a node or an edge names, the newest of them."""


class NodeType(Enum):
    """In the order in which nodes are told."""

    ROOM = "room"
    CARD = "card"
    ISSUE = "issue"
    SYSTEM = "system"
    DECISION = "decision"
    PERSON = "person"


class EdgeType(Enum):
    """A room has cards and is related to what they are about; a card bears tags; a person owns what they took on."""

    HAS = "has"
    REL = "rel"
    TAG = "tag"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Place:
    """A room as its reader knows it, with its members."""

    id: RoomId
    title: str
    members: tuple[tuple[UserId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision of a room beside those that cards name: whose it is, and the message that says so."""

    room_id: RoomId
    title: str
    owner_id: UserId | None = None
    message_id: MessageId | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """``weight`` counts the cards and decisions that name it, ``room_ids`` are the rooms of these."""

    id: str
    label: str
    type: NodeType
    weight: int
    room_ids: tuple[RoomId, ...]
    evidence: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """``weight`` counts the cards and decisions that make it one."""

    id: str
    source: str
    target: str
    type: EdgeType
    weight: int
    evidence: tuple[MessageId, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """Ids are unique, and both ends of every edge are nodes. The same things make the same graph, in the same order."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def room_graph(place: Place, cards: Iterable[Card]) -> Graph:
    """A room with its cards and what they are about."""
    weaver = _Weaver([place], people=False)
    for card in _in_order(cards):
        weaver.add_card(card)
    return weaver.graph()


def whole_graph(
    places: Sequence[Place],
    cards: Iterable[Card],
    decisions: Iterable[Decided] = (),
    readable: Collection[MessageId] = frozenset(),
) -> Graph:
    """All rooms of a reader: what several of them are about is one node, and so is a person.

    ``readable`` are the messages that may be named as evidence. Cards and decisions of other rooms are passed over.
    """
    weaver = _Weaver(sorted(places, key=lambda place: place.id), people=True, readable=frozenset(readable))
    for card in _in_order(cards):
        weaver.add_card(card)
    for decision in sorted(decisions, key=lambda one: (one.room_id, one.title, str(one.owner_id), str(one.message_id))):
        weaver.add_decision(decision)
    return weaver.graph()


def evidence_named(cards: Iterable[Card], decisions: Iterable[Decided] = ()) -> frozenset[MessageId]:
    """The messages that these say they rest on, whether or not there are such messages."""
    named = {message_id for card in cards for message_id in _evidence_of(card)}
    return frozenset(named | {one.message_id for one in decisions if one.message_id is not None})


def _in_order(cards: Iterable[Card]) -> Sequence[Card]:
    return sorted(cards, key=lambda card: (card.created_at, card.id))


def _evidence_of(card: Card) -> Sequence[MessageId]:
    found = []
    for text in card.message_ids:
        try:
            found.append(MessageId(UUID(text)))
        except ValueError:
            continue
    return found


class _Told:
    """A node or an edge as it is woven: what tells it, where, and by which messages."""

    __slots__ = ("evidence", "rooms", "weight")

    def __init__(self) -> None:
        self.weight = 0
        self.rooms: set[RoomId] = set()
        self.evidence: set[MessageId] = set()

    def tell(self, room_id: RoomId, evidence: Iterable[MessageId]) -> None:
        self.weight += 1
        self.rooms.add(room_id)
        self.evidence.update(evidence)

    @property
    def newest_evidence(self) -> tuple[MessageId, ...]:
        return tuple(sorted(self.evidence)[-MOST_EVIDENCE:])


class _Weaver:
    """Puts a graph together. A label is written as whoever used it first wrote it."""

    def __init__(self, places: Sequence[Place], *, people: bool, readable: frozenset[MessageId] = frozenset()) -> None:
        self._people = people
        self._readable = readable
        self._labels: dict[tuple[NodeType, str], str] = {}
        self._names: dict[UserId, str] = {}
        self._members: dict[RoomId, Mapping[str, UserId | None]] = {}
        self._nodes: dict[str, tuple[NodeType, str, _Told]] = {}
        self._edges: dict[tuple[str, str, EdgeType], _Told] = {}
        for place in places:
            self._members[place.id] = _by_name(place.members)
            self._names.update(place.members)
            self._node(NodeType.ROOM, str(place.id), place.title).rooms.add(place.id)

    def add_card(self, card: Card) -> None:
        if card.room_id not in self._members:
            return
        room, own = f"{NodeType.ROOM.value}:{card.room_id}", f"{NodeType.CARD.value}:{card.id}"
        evidence = self._readable.intersection(_evidence_of(card))
        self._tell(NodeType.CARD, str(card.id), card.title, card.room_id, evidence)
        self._nodes[room][2].tell(card.room_id, evidence)
        self._edge(room, own, EdgeType.HAS, card.room_id, evidence)
        for type_, label in _tags(card):
            tag = self._tag(type_, label)
            self._tell(type_, tag, tag, card.room_id, evidence)
            self._edge(room, f"{type_.value}:{tag}", EdgeType.REL, card.room_id, evidence)
            self._edge(own, f"{type_.value}:{tag}", EdgeType.TAG, card.room_id, evidence)
        if self._people:
            owners = {self._person(card.room_id, name): None for name in card.content.owners if folded(name)}
            for key, label in owners:
                self._owner(own, key, label, card.room_id, evidence)

    def add_decision(self, decision: Decided) -> None:
        if decision.room_id not in self._members or not folded(decision.title):
            return
        room_id, room = decision.room_id, f"{NodeType.ROOM.value}:{decision.room_id}"
        evidence = self._readable.intersection(() if decision.message_id is None else (decision.message_id,))
        tag = self._tag(NodeType.DECISION, decision.title)
        self._tell(NodeType.DECISION, tag, tag, room_id, evidence)
        self._nodes[room][2].tell(room_id, evidence)
        self._edge(room, f"{NodeType.DECISION.value}:{tag}", EdgeType.REL, room_id, evidence)
        owner = decision.owner_id
        if self._people and owner is not None and owner in self._names:
            self._owner(f"{NodeType.DECISION.value}:{tag}", str(owner), self._names[owner], room_id, evidence)

    def graph(self) -> Graph:
        order = {type_: place for place, type_ in enumerate(NodeType)}
        nodes = [
            Node(id_, label, type_, told.weight, tuple(sorted(told.rooms)), told.newest_evidence)
            for id_, (type_, label, told) in self._nodes.items()
        ]
        nodes.sort(key=lambda node: order[node.type])
        edges = [
            Edge(_edge_id(source, target, type_), source, target, type_, told.weight, told.newest_evidence)
            for (source, target, type_), told in self._edges.items()
        ]
        return Graph(tuple(nodes), tuple(edges))

    def _tag(self, type_: NodeType, label: str) -> str:
        return self._labels.setdefault((type_, folded(label)), " ".join(label.split()))

    def _person(self, room_id: RoomId, name: str) -> tuple[str, str]:
        """The member who bears this name, or where that is nobody, or not one alone, the name itself."""
        user_id = self._members[room_id].get(folded(name))
        if user_id is not None:
            return str(user_id), self._names[user_id]
        label = self._tag(NodeType.PERSON, name)
        return label, label

    def _owner(self, of: str, key: str, label: str, room_id: RoomId, evidence: Iterable[MessageId]) -> None:
        self._tell(NodeType.PERSON, key, label, room_id, evidence)
        person = f"{NodeType.PERSON.value}:{key}"
        self._edge(of, person, EdgeType.OWNER, room_id, evidence)
        self._edge(f"{NodeType.ROOM.value}:{room_id}", person, EdgeType.REL, room_id, evidence)

    def _node(self, type_: NodeType, key: str, label: str) -> _Told:
        return self._nodes.setdefault(f"{type_.value}:{key}", (type_, label, _Told()))[2]

    def _tell(self, type_: NodeType, key: str, label: str, room_id: RoomId, evidence: Iterable[MessageId]) -> None:
        self._node(type_, key, label).tell(room_id, evidence)

    def _edge(self, source: str, target: str, type_: EdgeType, room_id: RoomId, evidence: Iterable[MessageId]) -> None:
        self._edges.setdefault((source, target, type_), _Told()).tell(room_id, evidence)


def _tags(card: Card) -> Sequence[tuple[NodeType, str]]:
    """What a card is about, each once however often and in whatever writing it says so."""
    if card.graph is None:
        return []
    lists = (
        (NodeType.ISSUE, card.graph.issues),
        (NodeType.SYSTEM, card.graph.systems),
        (NodeType.DECISION, card.graph.decisions),
    )
    tags: dict[tuple[NodeType, str], str] = {}
    for type_, labels in lists:
        for label in labels:
            if key := folded(label):
                tags.setdefault((type_, key), label)
    return [(type_, label) for (type_, _), label in tags.items()]


def _by_name(members: Iterable[tuple[UserId, str]]) -> Mapping[str, UserId | None]:
    """Members by their folded names; None where several bear one."""
    found: dict[str, UserId | None] = {}
    for user_id, name in members:
        key = folded(name)
        found[key] = None if key in found else user_id
    return found


def _edge_id(source: str, target: str, type_: EdgeType) -> str:
    """Labels may hold anything, so what parts them is written otherwise within them."""
    return f"{type_.value}|{source.replace('%', '%25').replace('|', '%7C')}|{target}"
