"""Bodies that concern cards."""

from typing import Any

from adapters.http.schemas.body import Body
from domain.ideas import CardContent, CardDraft, CardGraph


class Content(Body):
    """What a card says; the installed client leaves out what it does not know, or sends null."""

    problem: str | None = None
    proposal: str | None = None
    impact: str | None = None
    constraints: str | None = None
    owners: tuple[str, ...] | None = None
    evidence: tuple[str, ...] | None = None

    def told(self) -> CardContent:
        return CardContent(
            self.problem or "",
            self.proposal or "",
            self.impact or "",
            self.constraints or "",
            self.owners or (),
            self.evidence or (),
        )


class Graph(Body):
    """What a card is about."""

    issues: tuple[str, ...] | None = None
    systems: tuple[str, ...] | None = None
    decisions: tuple[str, ...] | None = None

    def told(self) -> CardGraph:
        return CardGraph(self.issues or (), self.systems or (), self.decisions or ())


class ChangedCard(Body):
    """Of PATCH /rooms/{id}/cards/{cardId}."""

    title: str | None = None
    content: Content | None = None
    graph: Graph | None = None

    def draft(self) -> CardDraft:
        return CardDraft(
            self.title,
            None if self.content is None else self.content.told(),
            None if self.graph is None else self.graph.told(),
        )


class NewCard(ChangedCard):
    """Of POST /rooms/{id}/cards."""

    source_message_id: str | None = None


class WeeklyCards(Body):
    """Of POST /rooms/{id}/cards/generate-weekly; what is no date is told by a code of its own."""

    week_start: Any = None
