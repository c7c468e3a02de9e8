"""Pulse reports: what the talk and the cards of a room come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from domain.events import AnswerPosted, MessageDeleted, MessageEdited, MessagePosted, RoomEvent
from domain.ids import PulseReportId, RoomId
from domain.knowledge_events import CardAdded, CardRemoved, CardUpdated
from domain.matter_events import MatterAdded, MatterRemoved, MatterUpdated
from domain.meetings import is_korean

REPORTS_KEPT = 26
"""How many reports of a room are kept, the current one among them."""

MOST_MESSAGES = 20_000
"""How many of a room's newest messages a report is made of; where there are more, it says that it is not complete."""

MADE_OF: frozenset[type[RoomEvent]] = frozenset(
    {
        MessagePosted,
        AnswerPosted,
        MessageEdited,
        MessageDeleted,
        CardAdded,
        CardUpdated,
        CardRemoved,
        MatterAdded,
        MatterUpdated,
        MatterRemoved,
    }
)
"""The events that change what a report is made of."""

_NOTHING_KOREAN = "아직 나눈 이야기도 카드도 없어요."
_NOTHING_ENGLISH = "Nothing was said here yet, and there are no cards."


class Section(Enum):
    """What a report speaks of, each in a text."""

    EXECUTIVE_INSIGHT = "executiveInsight"
    PROBLEM_DEFINITION = "problemDefinition"
    CAUSAL_ANALYSIS = "causalAnalysis"
    IMPACT_MATRIX = "impactMatrix"
    OPPORTUNITIES = "opportunities"
    ACTION_ITEMS = "actionItems"
    TECH_CONSIDERATIONS = "techConsiderations"
    ORG_CONSIDERATIONS = "orgConsiderations"
    RISK_ANALYSIS = "riskAnalysis"
    NEXT_STEPS = "nextSteps"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name, and what it is for: a role and what it does, a page and its purpose."""

    name: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that is kept, and what is kept of it."""

    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A call of an interface."""

    method: str
    path: str
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What was said of what is to be built, as far as it was."""

    goal: str = ""
    mvp: tuple[str, ...] = ()
    out_of_scope: tuple[str, ...] = ()
    roles: tuple[Named, ...] = ()
    entities: tuple[Entity, ...] = ()
    pages: tuple[Named, ...] = ()
    api: tuple[ApiCall, ...] = ()
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PulseDraft:
    """What is written for a report. A section that has nothing to say is left out."""

    summary: str
    sections: Mapping[Section, str] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    outline: Outline = Outline()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of what a report was made: so many messages, the oldest from ``since``; ``complete`` where they
    are all there are, and all cards are in it as well."""

    messages: int = 0
    since: datetime | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class PulseReport:
    """A report. What a room's log holds up to ``until_seq`` is in it."""

    id: PulseReportId
    room_id: RoomId
    generated_at: datetime
    until_seq: int
    draft: PulseDraft
    coverage: Coverage = Coverage()

    def section(self, section: Section) -> str:
        """The text of a section, empty where there is nothing to say."""
        return self.draft.sections.get(section, "")


def nothing_said(title: str, cards: Sequence[str] = ()) -> PulseDraft:
    """The report of a room in which nothing was said."""
    return PulseDraft(_NOTHING_KOREAN if is_korean([title, *cards]) else _NOTHING_ENGLISH)
