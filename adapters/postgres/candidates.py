"""Which way text search goes about finding candidates, from how common the terms of a query are.

Entries of the index come in no order, so a term that many messages hold must not be looked up by itself: there are
two ways. Rare terms, and what holds all words together when that is rare, come from the index. Otherwise the newest
messages are gone through, which soon meets enough of what is common.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.search import Query, Term

FEW = 1000
"""So many messages may be gone through one by one, or come from the index, to choose the most promising from."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What to ask the index for, and what to look for among the newest messages; each a tsquery, None where it is of
    no use."""

    from_index: str | None
    among_newest: str | None


def ways(query: Query, frequencies: Mapping[Term, float], messages: int) -> Ways:
    """How to find candidates among so many messages."""
    anything = any_of(query.terms)
    if messages <= FEW:
        return Ways(None, anything)
    rare: list[Term] = []
    expected = 0.0
    for term in sorted(query.terms, key=lambda term: frequencies.get(term, 0.0)):
        expected += frequencies.get(term, 0.0) * messages
        if expected > FEW:
            break
        rare.append(term)
    together = float(messages)
    for word in query.words:
        together *= min(frequencies.get(term, 0.0) for term in word.terms)
    everything = all_of(query.terms)
    if together > FEW:
        return Ways(any_of(rare) if rare else None, everything)
    if len(rare) == len(query.terms):
        return Ways(anything, None)
    if rare:
        return Ways(f"{any_of(rare)} | ({everything})", None)
    return Ways(everything, anything)


def all_of(terms: Sequence[Term]) -> str:
    """A tsquery for what holds every one of them."""
    return " & ".join(map(_quoted, terms))


def any_of(terms: Sequence[Term]) -> str:
    """A tsquery for what holds one of them."""
    return " | ".join(map(_quoted, terms))


def _quoted(term: Term) -> str:
    text = term.text.replace("\\", "\\\\").replace("'", "''")
    return f"'{text}'{':*' if term.is_prefix else ''}"
