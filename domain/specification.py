"""What a room wants to have built: its report, cards, decisions and tasks, put in the order of a specification."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.matters import Matter, MatterKind, MatterState
from domain.pulse import ApiCall, Entity, Named, PulseReport, Section

TBD = "TBD"
"""What stands where nobody has said anything yet."""

MOST_CARDS = 100


@dataclass(frozen=True, slots=True)
class Idea:
    """What a card proposes."""

    title: str
    problem: str = ""
    proposal: str = ""


@dataclass(frozen=True, slots=True)
class Specification:
    """The packet. What says TBD is named in ``unknown``, by its place: ``scope.goal``, ``entities[0].fields[0]``."""

    project: str
    summary: str
    goal: str
    mvp: Sequence[str]
    out_of_scope: Sequence[str]
    roles: Sequence[Named]
    entities: Sequence[Entity]
    pages: Sequence[Named]
    api: Sequence[ApiCall]
    policies: Sequence[str]

    @property
    def content(self) -> Mapping[str, Any]:
        """The same in plain lists and mappings, by the names that it is read by."""
        return {
            "project": {"name": self.project, "summary": self.summary},
            "scope": {"goal": self.goal, "mvp": list(self.mvp), "outOfScope": list(self.out_of_scope)},
            "roles": [{"name": one.name, "purpose": one.purpose} for one in self.roles],
            "entities": [{"name": one.name, "fields": list(one.fields)} for one in self.entities],
            "pages": [{"name": one.name, "purpose": one.purpose} for one in self.pages],
            "api": [{"method": one.method, "path": one.path, "purpose": one.purpose} for one in self.api],
            "policies": list(self.policies),
        }

    @property
    def unknown(self) -> Sequence[str]:
        """The places of all that says TBD."""
        return list(_unknown(self.content, ""))


def specification(
    title: str, report: PulseReport, ideas: Sequence[Idea] = (), matters: Sequence[Matter] = ()
) -> Specification:
    """The packet of a room: what its report says, completed by what its cards, decisions and tasks say."""
    outline = report.draft.outline
    decided = [one.title for one in matters if one.kind is MatterKind.DECISION and one.state is MatterState.DECIDED]
    given_up = [one.title for one in matters if one.state in {MatterState.REVOKED, MatterState.DROPPED}]
    proposed = [idea.proposal or idea.title for idea in ideas[:MOST_CARDS]]
    return Specification(
        project=_known(title),
        summary=_known(report.draft.summary),
        goal=_known(outline.goal or report.section(Section.PROBLEM_DEFINITION)),
        mvp=_all_known(outline.mvp or proposed),
        out_of_scope=_all_known([*outline.out_of_scope, *given_up]),
        roles=_named(outline.roles),
        entities=[Entity(_known(one.name), tuple(_all_known(one.fields))) for one in outline.entities]
        or [Entity(TBD, (TBD,))],
        pages=_named(outline.pages),
        api=[ApiCall(_known(one.method), _known(one.path), _known(one.purpose)) for one in outline.api]
        or [ApiCall(TBD, TBD, TBD)],
        policies=_all_known([*outline.policies, *decided]),
    )


def _known(text: str) -> str:
    return text.strip() or TBD


def _all_known(texts: Sequence[str]) -> list[str]:
    """Each once, in their order."""
    return list(dict.fromkeys(text.strip() for text in texts if text.strip())) or [TBD]


def _named(things: Sequence[Named]) -> list[Named]:
    return [Named(_known(one.name), _known(one.purpose)) for one in things] or [Named(TBD, TBD)]


def _unknown(value: Any, place: str) -> Iterator[str]:
    match value:
        case dict():
            for name, part in value.items():
                yield from _unknown(part, f"{place}.{name}" if place else name)
        case list():
            for number, part in enumerate(value):
                yield from _unknown(part, f"{place}[{number}]")
        case _ if value == TBD:
            yield place
