"""Talk of a team in Korean and English, questions about it, and how many of the messages that answer them are found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from application.search import Search
from domain.ids import MessageId, RoomId
from domain.search import SearchMode
from domain.users import Actor

_FILE = Path(__file__).with_name("team_talk.txt")
FOUND_AMONG = 5


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody said; ``number`` is what questions know it by."""

    number: int
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and the numbers of the lines that answer it."""

    text: str
    answers: frozenset[int]


@dataclass(frozen=True, slots=True)
class TeamTalk:
    """All lines in their order, and all questions."""

    lines: Sequence[Line]
    questions: Sequence[Question]


def team_talk() -> TeamTalk:
    """The talk of ``team_talk.txt``."""
    lines: list[Line] = []
    questions: list[Question] = []
    for row in _FILE.read_text(encoding="utf-8").splitlines():
        if row.startswith("?"):
            text, _, answers = row[1:].partition("->")
            questions.append(Question(text.strip(), frozenset(map(int, answers.split()))))
        elif row and not row.startswith("#"):
            number, _, said = row.partition(" ")
            speaker, _, text = said.partition(": ")
            lines.append(Line(int(number), speaker, text))
    return TeamTalk(lines, questions)


async def recall(
    search: Search, actor: Actor, room_id: RoomId, mode: SearchMode, numbers: Mapping[MessageId, int]
) -> float:
    """Of the lines that answer a question, the share that is among the first five found; the mean over all questions.
    ``numbers`` says which message is which line."""
    shares = []
    for question in team_talk().questions:
        hits = await search.find(actor, question.text, room_id, mode=mode, take=FOUND_AMONG)
        found = {numbers[hit.message.id] for hit in hits}
        shares.append(len(found & question.answers) / len(question.answers))
    return fmean(shares)
