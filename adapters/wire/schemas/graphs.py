"""What rooms know, as graphs."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Count, Id, Time


class GraphNode(TypedDict):
    """``weight`` counts the cards and decisions that name it."""

    id: str
    label: str
    type: Literal["room", "card", "issue", "system", "decision", "person"]
    weight: Count


class GraphEdge(TypedDict):
    """``source`` and ``target`` are ids of nodes."""

    id: str
    source: str
    target: str
    type: Literal["has", "rel", "tag", "owner"]
    weight: Count


class RoomGraph(TypedDict):
    """A room, its cards and what they are about."""

    roomId: Id
    weekStart: Time | None
    nodes: list[GraphNode]
    edges: list[GraphEdge]


class SharedNode(GraphNode):
    """``roomIds`` are the rooms that name it, ``evidence`` the messages that say so."""

    roomIds: list[Id]
    evidence: list[Id]


class SharedEdge(GraphEdge):
    """``evidence`` are the messages that say so."""

    evidence: list[Id]


class WholeGraph(TypedDict):
    """All rooms of a reader; what several of them are about is one node."""

    weekStart: Time | None
    nodes: list[SharedNode]
    edges: list[SharedEdge]
