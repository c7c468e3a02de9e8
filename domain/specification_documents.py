"""The specification of a room as documents for people, in Markdown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from domain.ids import UserId
from domain.markdown import bullets, document, heading, paragraphs, table
from domain.matters import Matter, MatterKind
from domain.meetings import is_korean
from domain.pulse import PulseReport, Section
from domain.specification import Idea, Specification


@dataclass(frozen=True, slots=True)
class Packet:
    """All that the documents are made of. ``names`` are those of owners."""

    specification: Specification
    report: PulseReport
    ideas: Sequence[Idea] = ()
    matters: Sequence[Matter] = ()
    names: Mapping[UserId, str] | None = None

    def of_kind(self, kind: MatterKind) -> Sequence[Matter]:
        """Its decisions, or its tasks, the oldest first."""
        return sorted((matter for matter in self.matters if matter.kind is kind), key=lambda matter: matter.id)

    def owner(self, matter: Matter) -> str:
        """The name of who owns it, or nothing."""
        return "" if matter.owner_id is None else (self.names or {}).get(matter.owner_id, "?")


_KOREAN = {
    "made": "생성", "summary": "요약", "goal": "목표", "mvp": "MVP 범위", "out": "범위 밖", "roles": "역할",
    "policies": "정책", "name": "이름", "purpose": "목적", "ideas": "아이디어", "problem": "문제", "proposal": "제안",
    "report": "리포트", "tasks": "할 일", "title": "제목", "owner": "담당", "due": "기한", "state": "상태",
    "note": "메모", "unknown": "아직 정해지지 않은 것", "pages": "화면", "flow": "사용자 흐름", "next": "다음 단계",
    "method": "메서드", "path": "경로", "api": "API", "entities": "데이터", "field": "필드", "decisions": "결정",
    "date": "날짜", "none": "없음", "suggestions": "AI 제안", "open": "진행 중", "done": "완료", "dropped": "중단",
    "decided": "결정됨", "revoked": "철회됨",
}  # fmt: skip
_ENGLISH = {
    "made": "Made", "summary": "Summary", "goal": "Goal", "mvp": "MVP", "out": "Out of scope", "roles": "Roles",
    "policies": "Policies", "name": "Name", "purpose": "Purpose", "ideas": "Ideas", "problem": "Problem",
    "proposal": "Proposal", "report": "Report", "tasks": "Tasks", "title": "Title", "owner": "Owner", "due": "Due",
    "state": "State", "note": "Note", "unknown": "Not known yet", "pages": "Pages", "flow": "Flow",
    "next": "Next steps", "method": "Method", "path": "Path", "api": "API", "entities": "Entities", "field": "Field",
    "decisions": "Decisions", "date": "Date", "none": "none", "suggestions": "Suggestions of the AI", "open": "open",
    "done": "done", "dropped": "dropped", "decided": "decided", "revoked": "revoked",
}  # fmt: skip
_SECTIONS = {
    Section.EXECUTIVE_INSIGHT: ("핵심 인사이트", "Executive insight"),
    Section.PROBLEM_DEFINITION: ("문제 정의", "Problem"),
    Section.CAUSAL_ANALYSIS: ("원인 분석", "Causes"),
    Section.IMPACT_MATRIX: ("영향도", "Impact"),
    Section.OPPORTUNITIES: ("기회", "Opportunities"),
    Section.ACTION_ITEMS: ("실행 항목", "Action items"),
    Section.TECH_CONSIDERATIONS: ("기술 고려 사항", "Technology"),
    Section.ORG_CONSIDERATIONS: ("조직 고려 사항", "Organisation"),
    Section.RISK_ANALYSIS: ("위험 분석", "Risks"),
    Section.NEXT_STEPS: ("다음 단계", "Next steps"),
    Section.PEOPLE: ("사람", "People"),
}

Words = Mapping[str, str]


def documents(packet: Packet) -> Mapping[str, str]:
    """The five documents by their file names; in Korean where the room speaks it, else in English."""
    specified = packet.specification
    korean = is_korean([specified.project, specified.summary, specified.goal])
    words = _KOREAN if korean else _ENGLISH
    return {name: document(write(packet, words)) for name, write in _DOCUMENTS.items()}


def _opening(packet: Packet, what: str, words: Words) -> list[str]:
    at = packet.report.generated_at.astimezone(UTC)
    return [heading(1, f"{packet.specification.project}: {what}"), f"{words['made']}: {at:%Y-%m-%d %H:%M} UTC"]


def _prd(packet: Packet, words: Words) -> list[str]:
    specified, report = packet.specification, packet.report
    blocks = [
        *_opening(packet, "PRD", words),
        heading(2, words["summary"]),
        *paragraphs(specified.summary),
        heading(2, words["goal"]),
        *paragraphs(specified.goal),
        heading(2, words["mvp"]),
        bullets(specified.mvp),
        heading(2, words["out"]),
        bullets(specified.out_of_scope),
        heading(2, words["roles"]),
        _roles(packet, words),
        heading(2, words["policies"]),
        bullets(specified.policies),
    ]
    if packet.ideas:
        rows = [(idea.title, idea.problem, idea.proposal) for idea in packet.ideas]
        blocks += [heading(2, words["ideas"]), table([words["title"], words["problem"], words["proposal"]], rows)]
    blocks.append(heading(2, words["report"]))
    for section, names in _SECTIONS.items():
        if text := report.section(section):
            blocks += [heading(3, names[0] if words is _KOREAN else names[1]), *paragraphs(text)]
    if report.draft.suggestions:
        blocks += [heading(2, words["suggestions"]), bullets(report.draft.suggestions)]
    blocks += [heading(2, words["tasks"]), _matters(packet, MatterKind.TASK, words)]
    return [*blocks, heading(2, words["unknown"]), bullets(specified.unknown) or words["none"]]


def _ux_flow(packet: Packet, words: Words) -> list[str]:
    pages = [(page.name, page.purpose) for page in packet.specification.pages]
    return [
        *_opening(packet, "UX flow", words),
        heading(2, words["roles"]),
        _roles(packet, words),
        heading(2, words["pages"]),
        table([words["name"], words["purpose"]], pages),
        heading(2, words["flow"]),
        bullets(page.name for page in packet.specification.pages),
        heading(2, words["next"]),
        *(paragraphs(packet.report.section(Section.NEXT_STEPS)) or [words["none"]]),
    ]


def _api_spec(packet: Packet, words: Words) -> list[str]:
    calls = [(call.method, call.path, call.purpose) for call in packet.specification.api]
    return [
        *_opening(packet, "API", words),
        table([words["method"], words["path"], words["purpose"]], calls),
        heading(2, words["policies"]),
        bullets(packet.specification.policies),
    ]


def _db_schema(packet: Packet, words: Words) -> list[str]:
    blocks = _opening(packet, words["entities"], words)
    for entity in packet.specification.entities:
        blocks += [heading(2, entity.name), table([words["field"]], [(name,) for name in entity.fields])]
    return blocks


def _decisions(packet: Packet, words: Words) -> list[str]:
    return [
        *_opening(packet, words["decisions"], words),
        _matters(packet, MatterKind.DECISION, words),
        heading(2, words["tasks"]),
        _matters(packet, MatterKind.TASK, words),
    ]


def _roles(packet: Packet, words: Words) -> str:
    return table([words["name"], words["purpose"]], [(one.name, one.purpose) for one in packet.specification.roles])


def _matters(packet: Packet, kind: MatterKind, words: Words) -> str:
    rows = [
        (
            matter.title,
            words[matter.state.value],
            packet.owner(matter),
            "" if matter.due is None else matter.due.isoformat(),
            f"{matter.created_at.astimezone(UTC):%Y-%m-%d}",
            matter.note,
        )
        for matter in packet.of_kind(kind)
    ]
    if not rows:
        return words["none"]
    return table([words[name] for name in ("title", "state", "owner", "due", "date", "note")], rows)


_DOCUMENTS: Mapping[str, Callable[[Packet, Words], list[str]]] = {
    "PRD.md": _prd,
    "UX_FLOW.md": _ux_flow,
    "API_SPEC.md": _api_spec,
    "DB_SCHEMA.md": _db_schema,
    "DECISIONS.md": _decisions,
}
NAMES = tuple(_DOCUMENTS)
"""The names of the documents."""
