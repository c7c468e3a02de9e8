"""How what was said is found by its words.

Korean (and Chinese and Japanese) is cut into pairs of neighbouring characters, so that a word is found whatever clings
to it; everything else into words, which are found by their beginnings. Case and width do not count.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import pairwise
from math import log

from domain.messages import text_spans

WORD_LENGTH = 64
QUERY_WORDS = 24
LEAST_MATCH = 0.15
"""How much of what a query weighs a message must hold to be found at all."""

_CJK = "\u3005\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_RUN = re.compile(rf"(?P<cjk>[{_CJK}]+)|[^\W_{_CJK}]+|[\u2600-\u27bf\U0001f000-\U0001faff]")
_JOINS = re.compile(r"[\u0300-\u036f\u1160-\u11ff\u3099\u309a\uff9e\uff9f]")

_PARTICLES = """
에서는 에서도 으로는 이라고 에게서 까지는 부터는 에서 에게 한테 으로 까지 부터 이랑 처럼 보다 마다 이나 라고
은 는 이 가 을 를 에 의 로 도 만 과 와 랑 나
"""
_ENDINGS = ("ing", "ed", "es", "s", "ly")
_ASKING_WORDS = """
언제 어디 어디서 누구 누가 뭐 뭐가 뭐야 뭘 무엇 무슨 어떤 어떻게 왜 얼마 얼마나 몇 몇시 어느 그 이 저 것 거 수 때 좀
우리 혹시 했어 했지 했나 했나요 했죠 했었지 하나 하나요 하지 하죠 하기로 해야 하는 하는지 한 할 된 되나 되나요 됐어
됐지 됐나 됐나요 돼 되는 있어 있나 있나요 있지 있었지 있는 없어 없나 인가 인가요 이야 이지 이죠 였지 였어 나요 까요
알려줘 알려 찾아줘 줘 대해 대한 관련 a an and any are as at be been by can could did do does for from get had has
have how i in is it its me my of on or our please s should that the their them there they this to us was we were
what when where which who whom whose why will with would you your
"""
_PARTICLES_BY_LENGTH = _PARTICLES.split()
_ASKING = frozenset(_ASKING_WORDS.split())
"""Words that ask, and words that hold a sentence together: what is asked for stands in the others."""


class SearchMode(Enum):
    """By its words, by its meaning, or by both."""

    TEXT = "text"
    SEMANTIC = "semantic"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Term:
    """What the index is asked for: a whole entry, or every entry that begins so."""

    text: str
    is_prefix: bool = False

    def is_in(self, entries: "frozenset[str] | set[str]") -> bool:
        """Whether it is among the entries of a text."""
        return self.text in entries or (self.is_prefix and any(entry.startswith(self.text) for entry in entries))


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is looked for, as it is folded, and the terms it is found by."""

    text: str
    terms: tuple[Term, ...]
    is_cjk: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for."""

    words: tuple[Word, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, each once, in the order of the words."""
        return tuple(dict.fromkeys(term for word in self.words for term in word.terms))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without differences of case and width; ``origins`` has for each character the span of the original that
    it comes from, and is None where all are in their old places."""

    text: str
    offset: int = 0
    origins: Sequence[tuple[int, int]] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original content the characters from start to end come from."""
        if self.origins is None:
            return self.offset + start, self.offset + end
        return self.offset + self.origins[start][0], self.offset + self.origins[end - 1][1]


def folded(text: str, offset: int = 0) -> Folded:
    """The text folded, with the way back to where its characters stand in the original."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        plain = text.casefold()
        if len(plain) == len(text):
            return Folded(plain, offset)
    characters: list[str] = []
    origins: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and _JOINS.match(text[end]):
            end += 1
        piece = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text[start:end]).casefold())
        characters.append(piece)
        origins += [(start, end)] * len(piece)
        start = end
    return Folded("".join(characters), offset, origins)


def _folded_content(content: str) -> list[Folded]:
    return [folded(content[start:end], start) for start, end in text_spans(content)]


def entries_of(content: str) -> set[str]:
    """What the index holds of a message: attachment blocks are not text."""
    entries: set[str] = set()
    for part in _folded_content(content):
        for run in _RUN.finditer(part.text):
            word = run.group()
            if run.lastgroup == "cjk":
                entries.update(map("".join, pairwise(word)))
                entries.add(word[-1])
            else:
                entries.add(word[:WORD_LENGTH])
    return entries


def query_of(text: str) -> Query:
    """What is looked for. Words that only ask are left out, unless there are no others."""
    runs = [(run.group(), run.lastgroup == "cjk") for run in _RUN.finditer(folded(text).text)]
    words = [(run, _cjk_word(run) if is_cjk else _plain_word(run)) for run, is_cjk in runs]
    telling = [word for run, word in words if run not in _ASKING and word.text not in _ASKING]
    return Query(tuple(dict.fromkeys(telling or [word for _, word in words]))[:QUERY_WORDS])


def _cjk_word(run: str) -> Word:
    stem = run
    for particle in _PARTICLES_BY_LENGTH:
        if run.endswith(particle) and len(run) - len(particle) >= 2:
            stem = run.removesuffix(particle)
            break
    if len(stem) == 1:
        return Word(stem, (Term(stem, is_prefix=True),), is_cjk=True)
    pairs = dict.fromkeys(map("".join, pairwise(stem)))
    return Word(stem, tuple(Term(pair) for pair in pairs), is_cjk=True)


def _plain_word(run: str) -> Word:
    stem = run[:WORD_LENGTH]
    if run.isalpha():
        for ending in _ENDINGS:
            if run.endswith(ending) and len(run) - len(ending) >= 4:
                stem = run.removesuffix(ending)
                break
    return Word(stem, (Term(stem, is_prefix=len(stem) > 1 and not stem.isdigit()),), is_cjk=False)


def rarity(frequency: float) -> float:
    """What a term weighs that this share of all messages holds."""
    return log(1 + 1 / max(frequency, 1e-7))


@dataclass(frozen=True, slots=True)
class Match:
    """How well a message answers a query, from 0 to about 1, and where: spans of its content, in characters."""

    score: float
    spans: tuple[tuple[int, int], ...]


def match(query: Query, content: str, frequencies: Mapping[Term, float], *, least: float = LEAST_MATCH) -> Match | None:
    """Hold a message against a query; ``frequencies`` says how common its terms are. None where they have too little in
    common, which is less than the share ``least`` of what the query weighs."""
    parts = _folded_content(content)
    gained = possible = 0.0
    spans: list[tuple[int, int]] = []
    for word in query.words:
        weight = sum(rarity(frequencies.get(term, 0.0)) for term in word.terms) / len(word.terms) ** 0.5
        share, found = _found(word, parts)
        possible += weight
        gained += weight * share
        spans += found
    if not possible or gained / possible < least:
        return None
    length = sum(len(part.text) for part in parts)
    return Match(gained / possible / (1 + 0.05 * log(1 + length / 100)), _merged(spans))


def _found(word: Word, parts: Sequence[Folded]) -> tuple[float, list[tuple[int, int]]]:
    """How much of a word is there, and where."""
    if not word.is_cjk:
        return _found_plain(word, parts)
    spans = [part.span(place, place + len(word.text)) for part in parts for place in _places(word.text, part.text)]
    if spans or len(word.text) < 3:
        return (1.0 if spans else 0.0), spans
    share = 0
    for term in word.terms:
        there = [part.span(place, place + 2) for part in parts for place in _places(term.text, part.text)]
        share += bool(there)
        spans += there
    return 0.7 * share / len(word.terms), spans


def _found_plain(word: Word, parts: Sequence[Folded]) -> tuple[float, list[tuple[int, int]]]:
    best, spans = 0.0, []
    (term,) = word.terms
    for part in parts:
        for run in _RUN.finditer(part.text):
            if run.group() == term.text or (term.is_prefix and run.group().startswith(term.text)):
                best = max(best, 1.0 if len(run.group()) <= len(term.text) + 3 else 0.7)
                spans.append(part.span(run.start(), run.start() + len(term.text)))
    return best, spans


def _places(needle: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(needle), text)]


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def freshness(said_at: datetime, now: datetime) -> float:
    """From 1 for what was said just now down to 0: a half after two weeks."""
    age = max((now - said_at) / timedelta(days=14), 0.0)
    return float(0.5**age)
