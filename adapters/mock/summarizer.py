"""Summaries made of what was said, word for word, without a language model."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from math import log

from application.ports.chat_model import Said
from application.ports.clock import Clock
from application.ports.summarizer import Material
from domain.jarvis import called
from domain.meetings import Point, Summary, is_korean

POINTS = 8
MOST_KEPT = 60
LONGEST = 200

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PIECE = re.compile(r"\s*\S+\s?|\s+")
_DECIDED = re.compile(
    r"기로\s*(?:했|해|하|함|합|결|정)|결정|확정|합의|채택|정했|정해졌"
    r"|\b(?:decided|decision|agreed|approved|settled on|(?:we.ll|we will|let.?s) go with)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\?|까요|나요|을까|할까|미정|보류|아직|못\s*정|(?:결정|정|확인|논의|검토)(?:을|이|은)?\s*(?:해야|필요|못|하지|안)"
    r"|해야\s*(?:해|하|합|함|돼|됩|할)|부탁|검토\s*중"
    r"|\b(?:todo|tbd|pending|undecided|unclear|not yet|not decided|to be decided|open question|follow.?up"
    r"|needs? to|have to|should we|still open)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Phrases:
    remark: str
    missed: str
    points: str
    decisions: str
    open_points: str


_KOREAN = _Phrases(
    remark="언어 모델 없이 대화에서 그대로 골라 적은 모의 요약이에요.",
    missed="{reader} 님이 자리를 비운 동안의 이야기예요.",
    points="나온 이야기",
    decisions="결정 사항",
    open_points="남은 논의",
)
_ENGLISH = _Phrases(
    remark="A mock made this without a language model: it picks out what was said, word for word.",
    missed="This was said while {reader} was away.",
    points="What was talked of",
    decisions="Decisions",
    open_points="Open points",
)


class MockSummarizer:
    """Picks out what sounds like a decision or an open point, and the lines that share most with the others."""

    def __init__(self, clock: Clock, pause: float = 0.05) -> None:
        """``pause``: seconds before each piece of a telling."""
        self._clock = clock
        self._pause = pause

    async def summary(self, material: Material) -> Summary:
        return joined(material.parts) if material.parts else extracted(material.said)

    async def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
        summary = await self.summary(material)
        for piece in _PIECE.findall(_told(summary, reader)):
            await self._clock.sleep(self._pause)
            yield piece


def extracted(said: Iterable[Said]) -> Summary:
    """The summary of what people said; what they asked of Jarvis, and what he said, is no part of it."""
    sentences = [sentence for one in said if one.speaker is not None for sentence in _sentences(one)]
    decisions = [one for one in sentences if _DECIDED.search(one.text) and not _OPEN.search(one.text)]
    open_points = [one for one in sentences if _OPEN.search(one.text)]
    rest = [one for one in sentences if one not in decisions and one not in open_points]
    made = Summary(_shared_most(rest), _kept(decisions), _kept(open_points))
    return Summary(made.points, made.decisions, made.open_points, _phrases(made).remark)


def _sentences(said: Said) -> Iterator[Point]:
    if called(said.text) is not None:
        return
    refs = () if said.ref is None else (said.ref,)
    for sentence in _SENTENCE.split(said.text):
        line = " ".join(sentence.split())
        if line:
            cut = line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
            yield Point(f"{said.speaker}: {cut}", refs)


def _shared_most(sentences: Sequence[Point]) -> tuple[Point, ...]:
    """Those whose words were used most by all of them together, in their order."""
    words = [frozenset(_WORD.findall(sentence.text.casefold())) for sentence in sentences]
    uses = Counter(chain.from_iterable(words))
    scores = [sum(log(uses[word]) for word in own) + min(len(own), 10) / 100 for own in words]
    best = sorted(range(len(sentences)), key=lambda place: (-scores[place], place))[:POINTS]
    return _kept(sentences[place] for place in sorted(best))


def _kept(points: Iterable[Point]) -> tuple[Point, ...]:
    """The first of them, what is said twice once."""
    return tuple({point.text: point for point in points}.values())[:MOST_KEPT]


def joined(parts: Sequence[Summary]) -> Summary:
    """The summary of the whole of what these are of the parts of."""
    points = _in_turn([part.points for part in parts])[:POINTS]
    order = {point.text: place for place, point in enumerate(chain.from_iterable(part.points for part in parts))}
    made = Summary(
        tuple(sorted(points, key=lambda point: order[point.text])),
        _in_turn([part.decisions for part in parts])[:MOST_KEPT],
        _in_turn([part.open_points for part in parts])[:MOST_KEPT],
    )
    return Summary(made.points, made.decisions, made.open_points, _phrases(made).remark)


def _in_turn(lists: Sequence[Sequence[Point]]) -> tuple[Point, ...]:
    """The first of each, the second of each, and so on: so that no part is crowded out."""
    turns = chain.from_iterable(zip_longest(*lists))
    return tuple({point.text: point for point in turns if point is not None}.values())


def _phrases(summary: Summary) -> _Phrases:
    return _KOREAN if is_korean(summary.texts) else _ENGLISH


def _told(summary: Summary, reader: str) -> str:
    phrases = _phrases(summary)
    lines = [phrases.missed.format(reader=reader), phrases.remark]
    for title, points in (
        (phrases.points, summary.points),
        (phrases.decisions, summary.decisions),
        (phrases.open_points, summary.open_points),
    ):
        if points:
            lines += ["", f"**{title}**", *(f"- {_cited(point)}" for point in points)]
    return "\n".join(lines)


def _cited(point: Point) -> str:
    return point.text + "".join(f" [{ref}]" for ref in point.refs)
