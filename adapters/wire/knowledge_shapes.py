"""How what a room knows looks on the wire."""

from adapters.wire.shapes import Json, wire_time
from domain.ideas import Card
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated


def card_json(card: Card) -> Json:
    """A card. One that was removed says nothing any more, and when that was."""
    content, graph = card.content, card.graph
    shape: Json = {
        "id": card.id,
        "roomId": card.room_id,
        "createdBy": card.created_by,
        "sourceMessageId": card.source_message_id,
        "kind": card.kind.value,
        "weekStart": None if card.week is None else wire_time(card.week.since),
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
