"""Pulse reports by a language model, in a given form."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from adapters.openai.client import OpenAiClient
from adapters.openai.pieces import storable
from application.jarvis.pulse_prompt import PARTS, REPORT
from application.jarvis.summary_prompt import material_text
from application.ports.summarizer import Material
from domain.pulse import ApiCall, Entity, Named, Outline, PulseDraft, Section

LONGEST_TEXT = 8000
LONGEST_LINE = 300
MOST_LINES = 60


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class Sections(_Shape):
    executive_insight: str
    problem_definition: str
    causal_analysis: str
    impact_matrix: str
    opportunities: str
    action_items: str
    tech_considerations: str
    org_considerations: str
    risk_analysis: str
    next_steps: str
    people: str


class NamedShape(_Shape):
    name: str
    purpose: str = ""


class EntityShape(_Shape):
    name: str
    fields: list[str] = []


class ApiCallShape(_Shape):
    method: str
    path: str
    purpose: str = ""


class OutlineShape(_Shape):
    goal: str = ""
    mvp: list[str] = []
    out_of_scope: list[str] = []
    roles: list[NamedShape] = []
    entities: list[EntityShape] = []
    pages: list[NamedShape] = []
    api: list[ApiCallShape] = []
    policies: list[str] = []


class Report(_Shape):
    summary: str
    sections: Sections
    ai_suggestions: list[str]
    outline: OutlineShape


class OpenAiPulseWriter:
    """A PulseWriter on the chat completions of OpenAI and of whoever speaks the same."""

    def __init__(self, client: OpenAiClient, model: str) -> None:
        self._client = client
        self._model = model

    async def report(self, material: Material) -> PulseDraft:
        instructions = f"{REPORT}\n\n{PARTS}" if material.parts else REPORT
        made = await self._client.structured(self._model, instructions, material_text(material), Report)
        told = made.sections.model_dump(by_alias=True)
        sections = {section: text for section in Section if (text := _text(told[section.value]))}
        return PulseDraft(_text(made.summary), sections, _lines(made.ai_suggestions), _outline(made.outline))


def _outline(made: OutlineShape) -> Outline:
    return Outline(
        goal=_line(made.goal),
        mvp=_lines(made.mvp),
        out_of_scope=_lines(made.out_of_scope),
        roles=_named(made.roles),
        entities=tuple(
            Entity(name, _lines(one.fields)) for one in made.entities[:MOST_LINES] if (name := _line(one.name))
        ),
        pages=_named(made.pages),
        api=tuple(
            ApiCall(_line(one.method).upper()[:10], path, _line(one.purpose))
            for one in made.api[:MOST_LINES]
            if (path := _line(one.path))
        ),
        policies=_lines(made.policies),
    )


def _named(shapes: Iterable[NamedShape]) -> tuple[Named, ...]:
    return tuple(Named(name, _line(one.purpose)) for one in shapes if (name := _line(one.name)))[:MOST_LINES]


def _lines(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := _line(text))))[:MOST_LINES]


def _line(text: str) -> str:
    return " ".join(_text(text).split())[:LONGEST_LINE]


def _text(text: str) -> str:
    return storable(text).strip()[:LONGEST_TEXT]
