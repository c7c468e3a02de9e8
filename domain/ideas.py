"""Idea cards: what is worth keeping of a talk, written by people or found by a model once a week."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from domain.errors import Fault, InvalidInput
from domain.ids import CardId, MessageId, RoomId, UserId
from domain.messages import DELETED_TEXT, Message, text_of
from domain.text import storable
from domain.weeks import Week

TITLE_FROM_MESSAGE = 60
"""How many characters of a message become the title of a card made of it."""

MOST_OF_A_WEEK = 12
"""How many cards a model makes of a week."""

MOST_ENTRIES = 50
LONGEST_ENTRY = 500
"""Of each list of a card: owners, evidence, issues, systems and decisions."""

_STREAMED = "stream:"
_MESSAGE = "message:"


class CardKind(Enum):
    """Who made a card: somebody by hand, or a model that read the talk of a week."""

    MANUAL = "manual"
    WEEKLY_AI = "weekly_ai"


@dataclass(frozen=True, slots=True)
class CardContent:
    """What a card says. ``evidence`` names what it rests on; a message as ``message:<id>``."""

    problem: str = ""
    proposal: str = ""
    impact: str = ""
    constraints: str = ""
    owners: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return self.problem, self.proposal, self.impact, self.constraints


@dataclass(frozen=True, slots=True)
class CardGraph:
    """What a card is about, as labels that cards share."""

    issues: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardLimits:
    """``title`` in characters, ``text`` in bytes of UTF-8 of all that a card says together."""

    title: int = 200
    text: int = 128 * 1024


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands now. ``week`` is the one that a model found it in.

    ``quotes_title`` and ``quotes_content`` tell that these are the words of the source message and nobody's else: they
    follow it when it is edited, and go when it is deleted. Of a card that was removed there is nothing left but who
    made it when, so that the room's log can still name it.
    """

    id: CardId
    room_id: RoomId
    created_by: UserId | None
    kind: CardKind
    title: str
    content: CardContent
    created_at: datetime
    updated_at: datetime
    graph: CardGraph | None = None
    source_message_id: MessageId | None = None
    week: Week | None = None
    quotes_title: bool = False
    quotes_content: bool = False
    removed_at: datetime | None = None

    def removed(self, at: datetime) -> "Card":
        """What is left of this card once it is taken away."""
        return replace(
            self,
            title="",
            content=CardContent(),
            graph=None,
            quotes_title=False,
            quotes_content=False,
            updated_at=at,
            removed_at=at,
        )

    def following(self, source: Message, at: datetime) -> "Card":
        """This card as it is once its source message was edited or deleted; where that changes nothing, as it is."""
        is_gone = source.deleted_at is not None
        title, content = (DELETED_TEXT, replace(self.content, problem=DELETED_TEXT)) if is_gone else quoted(source)
        followed = replace(
            self,
            title=title if self.quotes_title else self.title,
            content=content if self.quotes_content else self.content,
            quotes_title=self.quotes_title and not is_gone,
            quotes_content=self.quotes_content and not is_gone,
        )
        return self if followed == self else replace(followed, updated_at=at)

    def rewritten(self, at: datetime, draft: "CardDraft") -> "Card":
        """This card with what the draft says in place of the old; what it does not speak of stays.

        What was found by a model and is written anew by somebody is theirs: no later run takes it away.
        """
        return replace(
            self,
            kind=CardKind.MANUAL,
            title=self.title if draft.title is None else draft.title,
            content=self.content if draft.content is None else draft.content,
            graph=self.graph if draft.graph is None else draft.graph,
            quotes_title=self.quotes_title and draft.title is None,
            quotes_content=self.quotes_content and draft.content is None,
            updated_at=at,
        )

    @property
    def message_ids(self) -> frozenset[str]:
        """The ids, as text, of the messages that it names as its source or evidence."""
        named = (one.removeprefix(_MESSAGE) for one in self.content.evidence if one.startswith(_MESSAGE))
        return frozenset(named) | ({str(self.source_message_id)} if self.source_message_id else frozenset())


@dataclass(frozen=True, slots=True)
class CardDraft:
    """What somebody wants a card to say; None where they do not speak of it."""

    title: str | None = None
    content: CardContent | None = None
    graph: CardGraph | None = None

    def checked(self, limits: CardLimits) -> "CardDraft":
        """The draft as it is kept: the title in one line, lists without empty entries and repetitions.

        Raises:
            InvalidInput: something is too long, or cannot be stored.
        """
        faults: list[Fault] = []
        title = None if self.title is None else " ".join(storable(self.title, "title").split()) or None
        if title is not None and len(title) > limits.title:
            faults.append(Fault("title", f"must have at most {limits.title} characters"))
        content, graph = self.content, self.graph
        if content is not None:
            for name in ("problem", "proposal", "impact", "constraints"):
                storable(getattr(content, name), f"content.{name}")
            content = replace(
                content,
                owners=_entries(content.owners, "content.owners", faults),
                evidence=_entries(content.evidence, "content.evidence", faults),
            )
        if graph is not None:
            graph = CardGraph(
                _entries(graph.issues, "graph.issues", faults),
                _entries(graph.systems, "graph.systems", faults),
                _entries(graph.decisions, "graph.decisions", faults),
            )
        if content is not None and sum(len(text.encode()) for text in content.texts) > limits.text:
            faults.append(Fault("content", f"must have at most {limits.text} bytes of text"))
        if faults:
            raise InvalidInput(details=faults)
        return CardDraft(title, content, graph)


@dataclass(frozen=True, slots=True)
class Idea:
    """What a model found in a talk; ``refs`` are the numbers of the messages that say it."""

    title: str
    problem: str = ""
    proposal: str = ""
    impact: str = ""
    constraints: str = ""
    owners: tuple[str, ...] = ()
    refs: tuple[int, ...] = ()
    graph: CardGraph = field(default_factory=CardGraph)


def source_named(text: str | None) -> str | None:
    """The message that a card is to be made of, or None: an answer that is still being streamed counts as none."""
    text = (text or "").strip()
    return None if not text or text.startswith(_STREAMED) else text


def evidence_of(message_id: MessageId) -> str:
    """How evidence names a message."""
    return f"{_MESSAGE}{message_id}"


def title_of(text: str) -> str:
    """The first 60 characters of a text in one line, and ``…`` where there is more."""
    line = " ".join(text.split())
    return line if len(line) <= TITLE_FROM_MESSAGE else f"{line[:TITLE_FROM_MESSAGE]}…"


def quoted(message: Message) -> tuple[str, CardContent]:
    """The title and the content of a card that says what a message says."""
    text = text_of(message.content).strip() or ", ".join(one.name for one in message.attachments)
    return title_of(text), CardContent(problem=text, evidence=(evidence_of(message.id),))


def folded(text: str) -> str:
    """The text without what does not make it another one: case, the width of its characters, and its spacing."""
    # Taking white space away lets characters combine, and these may fold again.
    while (plain := "".join(unicodedata.normalize("NFKC", text.casefold()).split())) != text:
        text = plain
    return text


def news_among(ideas: Iterable[Idea], cards: Sequence[Card]) -> Sequence[Idea]:
    """The ideas that no card tells, and none before them: neither the same title nor the same problem, once folded."""
    titles = {folded(card.title) for card in cards}
    problems = {folded(card.content.problem) for card in cards} - {""}
    found: list[Idea] = []
    for idea in ideas:
        title, problem = folded(idea.title), folded(idea.problem)
        if title and title not in titles and problem not in problems:
            found.append(idea)
            titles.add(title)
            if problem:
                problems.add(problem)
    return found


def _entries(entries: Sequence[str], name: str, faults: list[Fault]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(line for entry in entries if (line := " ".join(storable(entry, name).split()))))
    if len(kept) > MOST_ENTRIES:
        faults.append(Fault(name, f"must have at most {MOST_ENTRIES} entries"))
    if any(len(entry) > LONGEST_ENTRY for entry in kept):
        faults.append(Fault(name, f"must have entries of at most {LONGEST_ENTRY} characters"))
    return kept
