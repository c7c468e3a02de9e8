"""Reports, specifications and insights."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.cards import Card
from adapters.wire.schemas.matters import Matter
from adapters.wire.schemas.values import Count, Id, Seq, Time


class PulseSections(TypedDict):
    """What a report speaks of; a section that has nothing to say is empty."""

    executiveInsight: str
    problemDefinition: str
    causalAnalysis: str
    impactMatrix: str
    opportunities: str
    actionItems: str
    techConsiderations: str
    orgConsiderations: str
    riskAnalysis: str
    nextSteps: str
    people: str


class PulseCoverage(TypedDict):
    """Of what it was made: so many messages, the oldest from ``since``, all there were where it is complete."""

    messages: Count
    since: Time | None
    complete: bool
    untilSeq: Seq


class PulseReport(TypedDict):
    """What a room comes to."""

    id: Id
    roomId: Id
    summary: str
    sections: PulseSections
    aiSuggestions: list[str]
    generatedAt: Time
    coverage: PulseCoverage


class PulseEntry(TypedDict):
    """A report as it stands in a list."""

    id: Id
    roomId: Id
    summary: str
    generatedAt: Time


class ReportBegun(TypedDict):
    """The report is being made; the job can be followed."""

    jobId: Id


class SpecifiedProject(TypedDict):
    """What it is about."""

    name: str
    summary: str


class SpecifiedScope(TypedDict):
    """What it is for, what the first version does, and what it does not."""

    goal: str
    mvp: list[str]
    outOfScope: list[str]


class SpecifiedName(TypedDict):
    """A role or a page, and what it is for."""

    name: str
    purpose: str


class SpecifiedEntity(TypedDict):
    """A thing that is kept, and what is kept of it."""

    name: str
    fields: list[str]


class SpecifiedCall(TypedDict):
    """A call of an interface."""

    method: str
    path: str
    purpose: str


class Specification(TypedDict):
    """What is to be built. What says TBD is listed in ``unknown`` by its place."""

    project: SpecifiedProject
    scope: SpecifiedScope
    roles: list[SpecifiedName]
    entities: list[SpecifiedEntity]
    pages: list[SpecifiedName]
    api: list[SpecifiedCall]
    policies: list[str]
    unknown: list[str]
    documents: list[str]
    generatedAt: Time


class RoomPulse(PulseEntry):
    """The current report of a room."""

    roomTitle: str


class Overdue(Matter):
    """What should have been settled before today."""

    kind: Literal["task", "decision"]


class Insights(TypedDict):
    """What stands out in one's week."""

    weekStart: Time
    cards: list[Card]
    pulse: list[RoomPulse]
    decisions: list[Matter]
    tasks: list[Matter]
    overdue: list[Overdue]
