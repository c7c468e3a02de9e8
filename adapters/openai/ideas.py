"""Ideas found by a language model, in a given form."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from adapters.openai.client import OpenAiClient
from adapters.openai.pieces import storable
from application.jarvis.idea_prompt import IDEAS, TOGETHER, idea_text, refs_in
from application.ports.idea_model import IdeaMaterial
from domain.ideas import LONGEST_ENTRY, MOST_ENTRIES, MOST_OF_A_WEEK, CardGraph, Idea

LONGEST_TITLE = 120
LONGEST_TEXT = 2000


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore")


class IdeaShape(_Shape):
    title: str = Field(min_length=1)
    problem: str
    proposal: str
    impact: str = ""
    constraints: str = ""
    owners: list[str] = []
    refs: list[int] = []
    issues: list[str] = []
    systems: list[str] = []
    decisions: list[str] = []


class Ideas(_Shape):
    cards: list[IdeaShape]


class OpenAiIdeas:
    """An IdeaModel on the chat completions of OpenAI and of whoever speaks the same."""

    def __init__(self, client: OpenAiClient, model: str) -> None:
        self._client = client
        self._model = model

    async def ideas(self, material: IdeaMaterial) -> Sequence[Idea]:
        instructions = f"{IDEAS}\n\n{TOGETHER}" if material.parts else IDEAS
        made = await self._client.structured(self._model, instructions, idea_text(material), Ideas)
        citable = refs_in(material)
        ideas = (_idea(shape, citable) for shape in made.cards)
        return [idea for idea in ideas if idea.title][:MOST_OF_A_WEEK]


def _idea(shape: IdeaShape, citable: frozenset[int]) -> Idea:
    """What the model made, as far as it kept to what it was asked: short, and resting on what there is."""
    return Idea(
        title=_line(shape.title)[:LONGEST_TITLE],
        problem=_text(shape.problem),
        proposal=_text(shape.proposal),
        impact=_text(shape.impact),
        constraints=_text(shape.constraints),
        owners=_entries(shape.owners),
        refs=tuple(dict.fromkeys(ref for ref in shape.refs if ref in citable))[:MOST_ENTRIES],
        graph=CardGraph(_entries(shape.issues), _entries(shape.systems), _entries(shape.decisions)),
    )


def _text(text: str) -> str:
    return storable(text).strip()[:LONGEST_TEXT]


def _line(text: str) -> str:
    return " ".join(storable(text).split())


def _entries(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line[:LONGEST_ENTRY] for entry in entries if (line := _line(entry))))[:MOST_ENTRIES]
