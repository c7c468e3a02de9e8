"""Pulse reports made of what was said, word for word, without a language model."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from adapters.mock.summarizer import extracted, joined
from application.ports.chat_model import Said
from application.ports.summarizer import Material
from domain.meetings import Point, Summary, is_korean
from domain.pulse import ApiCall, Outline, PulseDraft, Section

MOST = 12

_KINDS = {
    Section.CAUSAL_ANALYSIS: r"때문|원인|이유|\b(?:because|since|due to|cause|reason)\b",
    Section.IMPACT_MATRIX: r"영향|중요|우선|급한|\b(?:impact|important|priority|urgent|critical)\b",
    Section.OPPORTUNITIES: r"기회|개선|좋겠|제안|\b(?:opportunit|improve|could|idea|propos)",
    Section.TECH_CONSIDERATIONS: r"서버|배포|코드|API|DB|데이터|기술|\b(?:server|deploy|code|database|release|bug)",
    Section.ORG_CONSIDERATIONS: r"팀|담당|조직|회의|인력|\b(?:team|owner|staff|meeting|hire|organi[sz]ation)",
    Section.RISK_ANALYSIS: r"위험|문제|걱정|실패|지연|장애|\b(?:risk|problem|worr|fail|delay|outage|block)",
}
_PATTERNS = {section: re.compile(pattern, re.IGNORECASE) for section, pattern in _KINDS.items()}
_CALL = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/[\w/{}:.\-]*)")


class MockPulseWriter:
    """Sorts what was said into the sections by the words that stand in it."""

    async def report(self, material: Material) -> PulseDraft:
        talk = [one for one in material.said if not _is_note(one)]
        summary = joined(material.parts) if material.parts else extracted(talk)
        lines = [point.text for point in (*summary.points, *summary.decisions, *summary.open_points)]
        every = lines if material.parts else [f"{one.speaker}: {' '.join(one.text.split())}" for one in talk]
        notes = [f"{one.speaker}: {one.text}" for one in material.said if _is_note(one)]
        return PulseDraft(
            _summary(material.title, summary, every),
            {section: text for section, text in _sections(summary, [*every, *notes], talk, notes).items() if text},
            (),
            Outline(
                api=tuple(dict.fromkeys(ApiCall(*call) for line in every for call in _CALL.findall(line)))[:MOST],
                policies=tuple(point.text for point in summary.decisions)[:MOST],
            ),
        )


def _is_note(said: Said) -> bool:
    """Whether this was written down rather than said: its speaker is what it is, such as ``(open task)``."""
    return said.ref is None and said.speaker is not None and said.speaker.startswith("(")


def _sections(
    summary: Summary, lines: Sequence[str], talk: Sequence[Said], notes: Sequence[str]
) -> Mapping[Section, str]:
    speakers = Counter(one.speaker for one in talk if one.speaker is not None)
    chosen = {section: [line for line in lines if found.search(line)] for section, found in _PATTERNS.items()}
    chosen[Section.EXECUTIVE_INSIGHT] = _texts(summary.points)
    chosen[Section.PROBLEM_DEFINITION] = _texts(summary.open_points)
    chosen[Section.ACTION_ITEMS] = [line for line in notes if line.startswith("(open task)")]
    chosen[Section.NEXT_STEPS] = _texts(summary.open_points)
    chosen[Section.PEOPLE] = [f"{name} ({count})" for name, count in speakers.most_common(MOST)]
    return {section: "\n".join(f"- {line}" for line in found[:MOST]) for section, found in chosen.items()}


def _texts(points: Iterable[Point]) -> list[str]:
    return [point.text for point in points]


def _summary(title: str, summary: Summary, lines: Sequence[str]) -> str:
    counts = len(summary.points), len(summary.decisions), len(summary.open_points)
    if is_korean([title, *lines]):
        told = (
            "{title}: 이야기 {0}개, 결정 {1}개, 남은 논의 {2}개를 대화에서 그대로 골랐어요. "
            "언어 모델 없이 만든 모의 보고서예요."
        )
    else:
        told = (
            "{title}: {0} points, {1} decisions and {2} open points, picked out word for word. A mock made this "
            "without a language model."
        )
    return told.format(*counts, title=title)
