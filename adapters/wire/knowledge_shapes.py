"""How what a room knows looks on the wire."""

from adapters.wire.shapes import Json, wire_time
from domain.ideas import Card
from domain.ids import RoomId
from domain.knowledge import Edge, Graph, Node
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated
from domain.weeks import Week


def card_json(card: Card) -> Json:
    """A card. One that was removed says nothing any more, and when that was."""
    content, graph = card.content, card.graph
    shape: Json = {
        "id": card.id,
        "roomId": card.room_id,
        "createdBy": card.created_by,
        "sourceMessageId": card.source_message_id,
        "kind": card.kind.value,
        "weekStart": _week_start(card.week),
        "title": card.title,
        "content": {
            "problem": content.problem,
            "proposal": content.proposal,
            "impact": content.impact,
            "constraints": content.constraints,
            "owners": list(content.owners),
            "evidence": list(content.evidence),
        },
        "graph": None,
        "createdAt": wire_time(card.created_at),
        "updatedAt": wire_time(card.updated_at),
    }
    if graph is not None:
        shape["graph"] = {
            "issues": list(graph.issues),
            "systems": list(graph.systems),
            "decisions": list(graph.decisions),
        }
    if card.removed_at is not None:
        shape["removedAt"] = wire_time(card.removed_at)
    return shape


def card_event_json(event: CardAdded | CardUpdated) -> Json:
    """What ``card.added`` and ``card.updated`` tell."""
    return card_json(event.card)


def card_removed_json(event: CardRemoved) -> Json:
    """What ``card.removed`` tells."""
    return {"roomId": event.room_id, "cardId": event.card_id}


def room_graph_json(room_id: RoomId, week: Week | None, graph: Graph) -> Json:
    """The graph of a room."""
    return {
        "roomId": room_id,
        "weekStart": _week_start(week),
        "nodes": [{**_node(node), "weight": node.weight} for node in graph.nodes],
        "edges": [{**_edge(edge), "weight": edge.weight} for edge in graph.edges],
    }


def whole_graph_json(week: Week | None, graph: Graph) -> Json:
    """The graph of all rooms of a reader, with what its nodes and edges rest on."""
    return {
        "weekStart": _week_start(week),
        "nodes": [
            {**_node(node), "weight": node.weight, "roomIds": node.room_ids, "evidence": node.evidence}
            for node in graph.nodes
        ],
        "edges": [{**_edge(edge), "weight": edge.weight, "evidence": edge.evidence} for edge in graph.edges],
    }


def _node(node: Node) -> Json:
    return {"id": node.id, "label": node.label, "type": node.type.value}


def _edge(edge: Edge) -> Json:
    return {"id": edge.id, "source": edge.source, "target": edge.target, "type": edge.type.value}


def _week_start(week: Week | None) -> str | None:
    return None if week is None else wire_time(week.since)
