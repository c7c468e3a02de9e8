"""Decisions and tasks found by a language model."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from adapters.openai.client import OpenAiClient
from adapters.openai.pieces import storable
from application.jarvis.pulse_prompt import FIND, finding_text
from application.ports.matter_finder import Finding
from application.ports.summarizer import Material
from domain.matters import STATES, TITLE_LIMIT, MatterKind, MatterState

MOST_FOUND = 100


class FindingShape(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: Literal["task", "decision"]
    state: Literal["open", "decided"]
    title: str
    ref: int
    owner: str | None = None
    due: date | None = None


class Findings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    findings: list[FindingShape]


class OpenAiMatterFinder:
    """A MatterFinder on the chat completions of OpenAI and of whoever speaks the same."""

    def __init__(self, client: OpenAiClient, model: str) -> None:
        self._client = client
        self._model = model

    async def found(self, material: Material, today: date) -> Sequence[Finding]:
        made = await self._client.structured(self._model, FIND, finding_text(material, today), Findings)
        refs = {said.ref for said in material.said if said.ref is not None}
        return [
            Finding(kind, state, title, one.ref, one.owner, one.due)
            for one in made.findings[:MOST_FOUND]
            if one.ref in refs
            and (title := _title(one.title))
            and (state := MatterState(one.state)) in STATES[kind := MatterKind(one.kind)]
        ]


def _title(text: str) -> str:
    return " ".join(storable(text).split())[:TITLE_LIMIT]
