"""Idea cards."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Id, Time


class CardContent(TypedDict):
    """What a card says; evidence names a message as ``message:<id>``."""

    problem: str
    proposal: str
    impact: str
    constraints: str
    owners: list[str]
    evidence: list[str]


class CardGraph(TypedDict):
    """What a card is about, as labels that cards share."""

    issues: list[str]
    systems: list[str]
    decisions: list[str]


class Card(TypedDict):
    """An idea card; ``weekStart`` is the Monday of the week that a model found it in."""

    id: Id
    roomId: Id
    createdBy: Id | None
    sourceMessageId: Id | None
    kind: Literal["manual", "weekly_ai"]
    weekStart: Time | None
    title: str
    content: CardContent
    graph: CardGraph | None
    createdAt: Time
    updatedAt: Time
    removedAt: NotRequired[Time]


class Generated(TypedDict):
    """How many cards were made; ``reason`` says why there are none."""

    ok: Literal[True]
    created: int
    jobId: Id
    reason: NotRequired[Literal["NO_MESSAGES"]]


class Queued(TypedDict):
    """A worker will do it: ``GET /jobs/{jobId}`` follows how it goes."""

    ok: Literal[True]
    jobId: Id
