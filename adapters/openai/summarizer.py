"""Summaries by a language model: minutes in a given form, and a telling that is streamed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from openai.types.chat.chat_completion_chunk import ChoiceDelta
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from adapters.openai.client import OpenAiClient
from adapters.openai.pieces import Text, storable
from application.jarvis.summary_prompt import PARTS, RETOLD, SUMMARY, TOGETHER, material_text
from application.ports.summarizer import Material
from domain.errors import ModelFailed, ModelRejected
from domain.meetings import Point, Summary

MOST_POINTS = 60
LONGEST_POINT = 600


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class PointShape(_Shape):
    text: str
    refs: list[int] = []


class Minutes(_Shape):
    points: list[PointShape]
    decisions: list[PointShape]
    open_points: list[PointShape]


class OpenAiSummarizer:
    """A Summarizer on the chat completions of OpenAI and of whoever speaks the same."""

    def __init__(self, client: OpenAiClient, model: str) -> None:
        self._client = client
        self._model = model

    async def summary(self, material: Material) -> Summary:
        instructions = f"{SUMMARY}\n\n{TOGETHER}" if material.parts else SUMMARY
        made = await self._client.structured(self._model, instructions, material_text(material), Minutes)
        citable = _refs_of(material)
        return Summary(
            _points(made.points, citable), _points(made.decisions, citable), _points(made.open_points, citable)
        )

    async def retold(self, material: Material, reader: str) -> AsyncIterator[str]:
        instructions = f"{RETOLD}\n\n{PARTS}" if material.parts else RETOLD
        text, finished = Text(), None
        stream = self._client.stream(
            self._model,
            [
                {"role": "system", "content": instructions},
                {"role": "user", "content": material_text(material)},
                {"role": "user", "content": f"I am {reader}. What did I miss?"},
            ],
        )
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                for choice in chunk.choices or ():
                    finished = choice.finish_reason or finished
                    delta: ChoiceDelta | None = getattr(choice, "delta", None)
                    if delta is not None and delta.content and (piece := text.take(delta.content)):
                        yield piece
        if finished is None:
            raise ModelFailed  # the stream has stopped in the middle
        if finished == "content_filter":
            raise ModelRejected


def _refs_of(material: Material) -> frozenset[int]:
    refs = {said.ref for said in material.said if said.ref is not None}
    for part in material.parts:
        for point in (*part.points, *part.decisions, *part.open_points):
            refs.update(point.refs)
    return frozenset(refs)


def _points(shapes: Sequence[PointShape], citable: frozenset[int]) -> tuple[Point, ...]:
    """What the model made, as far as it kept to what it was asked: short, and citing what there is."""
    points = (
        Point(text[:LONGEST_POINT], tuple(dict.fromkeys(ref for ref in shape.refs if ref in citable)))
        for shape in shapes
        if (text := " ".join(storable(shape.text).split()))
    )
    return tuple(points)[:MOST_POINTS]
