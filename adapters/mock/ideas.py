"""Ideas picked out of what was said, word for word, without a language model."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest

from application.ports.chat_model import Said
from application.ports.idea_model import IdeaMaterial
from domain.ideas import MOST_OF_A_WEEK, CardGraph, Idea, title_of
from domain.jarvis import called

NEAR = 6
"""How many sentences after a problem a proposal or a decision is taken to be about it where no word ties them."""

LEAST_WORDS = 3
MOST_TALKED_OF = 3
"""What is told of a talk in which nothing sounds like an idea: so many sentences, of so many words."""

LONGEST_LABEL = 40
LONGEST = 1000
LONGEST_TEXT = 2000

_SENTENCE = re.compile(r"(?<=[.!?。])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PARTICLE = re.compile(
    r"(?<=[가-힣]{2})(?:에서는|에서|으로|이랑|까지|부터|에게|한테|은|는|이|가|을|를|에|의|도|로|과|와|만)$"
)
_PROBLEM = re.compile(
    r"문제|이슈|오류|에러|버그|장애|불편|느리|느려|지연|실패|안\s*(?:돼|되|됩|된)|못\s*(?:하|해|찾|쓰)|어렵|어려|힘들|부족|불만|깨[져지]|멈[춰추췄]|누락"
    r"|\b(?:problems?|issues?|bugs?|errors?|fail(?:s|ed|ing|ure)?|slow|broken|crash\w*|down|stuck|delay\w*|confus\w*"
    r"|can.?not|can.t|doesn.t work|missing|complain\w*|hard to)\b",
    re.IGNORECASE,
)
_PROPOSAL = re.compile(
    r"제안|하면\s*어때|하는\s*게\s*(?:어때|좋)|(?:으)?면\s*(?:좋겠|어떨|될\s*것)|하자|합시다|해\s*보자|해\s*봅시다|도입|개선|바꾸(?:자|면|는)|추가(?:하자|하면|해)|만들자"
    r"|\b(?:propose|proposal|suggest\w*|how about|what if|why don.t we|let.?s|should|could we|we could|idea)\b",
    re.IGNORECASE,
)
_DECISION = re.compile(
    r"기로\s*(?:했|해|하|함|합|결|정)|결정(?!\s*(?:해야|을\s*못|못|하지))|확정|합의|채택|정했|정해졌"
    r"|\b(?:decided|decision is|agreed|approved|settled on|(?:we.ll|we will|let.?s) go with)\b",
    re.IGNORECASE,
)
_IMPACT = re.compile(
    r"때문에|영향|손실|이탈|비용이|매출|고객이|\b(?:because of|impact|costs? us|lose|losing|revenue|customers?)\b",
    re.IGNORECASE,
)
_CONSTRAINT = re.compile(
    r"예산|마감|기한|까지(?:는)?\s|제약|안에\s*(?:해|끝)|\b(?:budget|deadline|by (?:mon|tues|wednes|thurs|fri)day"
    r"|must not|constraint|limited to)\b",
    re.IGNORECASE,
)
_TAKEN_ON = re.compile(r"제가|내가|저희가|맡|담당|\b(?:I.ll|I will|I can|on it|I.m going to)\b", re.IGNORECASE)
_SYSTEM = re.compile(
    r"\b(?:[A-Z]{2,}[A-Z0-9]*|[A-Z]+[a-z]+[A-Z]\w*|[A-Z]{2,}[a-z]\w*|Redis|Kafka|Docker|Kubernetes|Postgres|Nginx|Slack|Jira|GitHub)\b"
    r"|[가-힣A-Za-z]+\s?(?:서버|시스템|서비스|모듈|데이터베이스|게이트웨이)"
)
_VERB = re.compile(r"[가-힣](?:다|요|죠|까|고|서|면|데|자|며|지만|니까|기로|했|한)$")
_COMMON = frozenset(
    [
        "그리고",
        "그런데",
        "그래서",
        "우리",
        "저희",
        "제가",
        "내가",
        "이번",
        "다음",
        "지난",
        "오늘",
        "내일",
        "어제",
        "정말",
        "너무",
        "자꾸",
        "계속",
        "조금",
        "때문",
        "the",
        "and",
        "for",
        "are",
        "was",
        "were",
        "is",
        "it",
        "its",
        "in",
        "on",
        "of",
        "to",
        "we",
        "you",
        "they",
        "this",
        "that",
        "these",
        "those",
        "with",
        "have",
        "has",
        "had",
        "be",
        "been",
        "not",
        "but",
        "our",
        "your",
        "let",
        "lets",
        "should",
        "could",
        "would",
        "will",
        "can",
        "what",
        "how",
        "about",
        "if",
        "so",
        "too",
        "very",
        "just",
        "again",
        "still",
        "there",
        "all",
    ]
)
_NO_SYSTEMS = frozenset({"OK", "TODO", "TBD", "FYI", "ASAP", "PM", "AM", "NO"})


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    speaker: str
    text: str
    ref: int | None
    words: frozenset[str]


@dataclass(slots=True)
class _Found:
    """An idea as its sentences come in."""

    first: _Sentence
    about: set[str]
    last: int
    problem: list[str] = field(default_factory=list)
    proposal: list[str] = field(default_factory=list)
    impact: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)

    def take(self, sentence: _Sentence) -> None:
        self.last = sentence.place
        self.about |= sentence.words
        if sentence.ref is not None:
            self.refs.append(sentence.ref)
        self.systems += _systems_in(sentence.text)


class MockIdeas:
    """Picks out what sounds like a problem, and what was proposed and decided about it, with who said so."""

    async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
        found = _in_turn(material.parts) if material.parts else extracted(material.said)
        return found[:MOST_OF_A_WEEK]


def extracted(said: Iterable[Said]) -> list[Idea]:
    """The ideas in what people said, those of which most was said first; what they asked of Jarvis is none."""
    sentences = _telling_apart(list(_sentences(said)))
    found: list[_Found] = []
    for sentence in sentences:
        _sort(sentence, found)
    uses = Counter(chain.from_iterable(_words_of(sentence.text) for sentence in sentences))
    found.sort(key=lambda one: (-len(one.refs), one.first.place))
    return [_idea(one, uses) for one in found] or _talked_of(sentences, uses)


def _talked_of(sentences: Sequence[_Sentence], uses: Counter[str]) -> list[Idea]:
    """Where nothing sounds like an idea: what the talk was about, and no more claimed of it than that it was said."""
    telling = [sentence for sentence in sentences if len(sentence.text.split()) >= LEAST_WORDS and sentence.words]
    telling.sort(key=lambda one: (-sum(uses[word] - 1 for word in one.words), -len(one.words), one.place))
    return [
        _idea(_Found(one, set(), one.place, refs=[] if one.ref is None else [one.ref]), uses)
        for one in telling[:MOST_TALKED_OF]
    ]


def _sentences(said: Iterable[Said]) -> Iterator[_Sentence]:
    place = 0
    for one in said:
        if one.speaker is None or called(one.text) is not None:
            continue
        for piece in _SENTENCE.split(one.text):
            text = " ".join(piece.split())[:LONGEST]
            if text:
                place += 1
                yield _Sentence(place, one.speaker, text, one.ref, frozenset(_words_of(text)))


def _telling_apart(sentences: Sequence[_Sentence]) -> Sequence[_Sentence]:
    """The sentences without the words that so many of them share that they tell no subject from another."""
    uses = Counter(chain.from_iterable(sentence.words for sentence in sentences))
    too_many = max(len(sentences) // 5, 5)
    common = {word for word, count in uses.items() if count > too_many}
    return [replace(sentence, words=sentence.words - common) for sentence in sentences]


def _sort(sentence: _Sentence, found: list[_Found]) -> None:
    """Add a sentence to the idea that it is about, or begin one; most sentences do neither."""
    text = sentence.text
    decided = _DECISION.search(text) is not None
    proposed = not decided and _PROPOSAL.search(text) is not None
    is_problem = not decided and not proposed and _PROBLEM.search(text) is not None
    one = _about(sentence, found, near=decided or proposed)
    if one is None:
        if not (decided or proposed or is_problem):
            return
        one = _Found(sentence, set(), sentence.place)
        found.append(one)
    elif not (decided or proposed or is_problem or _IMPACT.search(text) or _CONSTRAINT.search(text)):
        if _TAKEN_ON.search(text):
            one.owners.append(sentence.speaker)
            one.take(sentence)
        return
    one.take(sentence)
    if decided:
        one.decisions.append(text)
    if proposed or decided:
        one.proposal.append(text)
        one.owners.append(sentence.speaker)
    elif is_problem:
        one.problem.append(text)
    if _IMPACT.search(text):
        one.impact.append(text)
    if _CONSTRAINT.search(text):
        one.constraints.append(text)


def _about(sentence: _Sentence, found: Sequence[_Found], *, near: bool) -> _Found | None:
    """The idea that shares most words with a sentence, or where it shares none with any, the one told of just now."""
    best = max(found, key=lambda one: (len(one.about & sentence.words), one.last), default=None)
    if best is not None and best.about & sentence.words:
        return best
    newest = max(found, key=lambda one: one.last, default=None)
    if newest is None or sentence.place - newest.last > NEAR:
        return None
    return newest if near or _TAKEN_ON.search(sentence.text) else None


def _idea(one: _Found, uses: Counter[str]) -> Idea:
    return Idea(
        title=title_of(one.first.text),
        problem=_joined(one.problem),
        proposal=_joined(one.proposal),
        impact=_joined(one.impact),
        constraints=_joined(one.constraints),
        owners=tuple(dict.fromkeys(one.owners)),
        refs=tuple(dict.fromkeys(one.refs)),
        graph=CardGraph(
            issues=(_topic(one.first, uses),),
            systems=tuple(dict.fromkeys(one.systems)),
            decisions=tuple(dict.fromkeys(_cut(decision) for decision in one.decisions)),
        ),
    )


def _joined(sentences: Sequence[str]) -> str:
    """Each sentence once, as many as there is room for."""
    text = ""
    for sentence in dict.fromkeys(sentences):
        if len(text) + len(sentence) < LONGEST_TEXT:
            text = f"{text} {sentence}".lstrip()
    return text


def _topic(sentence: _Sentence, uses: Counter[str]) -> str:
    """The word of the sentence that the talk used most, the first of several."""
    words = list(_words_of(sentence.text))
    return max(words, key=lambda word: uses[word], default=_cut(sentence.text))


def _words_of(text: str) -> Iterator[str]:
    """What a sentence is about: its words without particles, verbs and what every sentence has."""
    words = (_PARTICLE.sub("", word) for word in _WORD.findall(text.casefold()))
    return (word for word in words if word not in _COMMON and not _VERB.search(word))


def _systems_in(text: str) -> list[str]:
    return [name for name in _SYSTEM.findall(text) if name not in _NO_SYSTEMS]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"


def _in_turn(parts: Sequence[Sequence[Idea]]) -> list[Idea]:
    """The first of each part, the second of each, and so on: so that no part is crowded out."""
    return [idea for idea in chain.from_iterable(zip_longest(*parts)) if idea is not None]
