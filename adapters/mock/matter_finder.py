"""Decisions and tasks found by the words that announce them, without a language model."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from adapters.mock.summarizer import extracted
from application.ports.chat_model import Said
from application.ports.matter_finder import Finding
from application.ports.summarizer import Material
from domain.jarvis import called
from domain.matters import MatterKind, MatterState, quote

_PROMISED = re.compile(
    r"(?:제가|내가)\s.*(?:할게|할께|하겠|맡을|볼게|올릴게|쓸게|보낼게|만들게|정리할)|할게요|하겠습니다"
    r"|\bI(?:'ll| will)\b",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"해\s?(?:주세요|줘|주시|주실)|부탁(?:드|해)|\bTODO\b|\b(?:please|can you|could you)\b", re.IGNORECASE
)
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_KOREAN_DAY = re.compile(r"(\d{1,2})월\s*(\d{1,2})일")
_TOMORROW = re.compile(r"내일|\btomorrow\b", re.IGNORECASE)


class MockMatterFinder:
    """Takes promises and requests for tasks, and what sounds decided for decisions; one of a kind a message."""

    async def found(self, material: Material, today: date) -> Sequence[Finding]:  # noqa: ARG002
        return list(_found(material.said))


def _found(said: Sequence[Said]) -> Iterator[Finding]:
    for one in said:
        if one.ref is None or one.speaker is None or called(one.text) is not None:
            continue
        if extracted([one]).decisions:
            yield Finding(MatterKind.DECISION, MatterState.DECIDED, quote(one.text), one.ref)
        elif _PROMISED.search(one.text):
            yield Finding(MatterKind.TASK, MatterState.OPEN, quote(one.text), one.ref, one.speaker, _due(one))
        elif _ASKED.search(one.text):
            yield Finding(MatterKind.TASK, MatterState.OPEN, quote(one.text), one.ref, None, _due(one))


def _due(said: Said) -> date | None:
    at = said.at.date()
    if found := _ISO.search(said.text):
        year, month, day = map(int, found.groups())
    elif found := _KOREAN_DAY.search(said.text):
        month, day = map(int, found.groups())
        year = at.year + (month < at.month)
    elif _TOMORROW.search(said.text):
        return at + timedelta(days=1)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
