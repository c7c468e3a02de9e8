"""Answers made of what was said before, without a language model."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta, timezone

from adapters.mock.intents import call_for, report
from application.ports.chat_model import Conversation, Piece, Said, Tokens
from application.ports.clock import Clock
from application.tokens import tokens_of
from domain.jarvis import called

NAME = "mock"
QUOTES = 3
EXCERPT = 160

_SEOUL = timezone(timedelta(hours=9), "KST")
_HANGUL = re.compile(r"[\u3131-\u318e\uac00-\ud7a3]")
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"\s*\S+\s?|\s+")
_ASKING = frozenset(
    word
    for line in (
        "누가 누구 누구야 언제 언제야 언제지 어디 어디야 어디서 무엇 무엇을 무슨 뭐 뭐야 뭐지 뭘 왜 어떻게 어떤",
        "알려줘 말해줘 해줘 궁금해 궁금하다 있어 있나 했어 했지 자비스 자비스야 우리",
        "a about an and are at be can did do does for from how i in is it jarvis me my of on or our please tell that",
        "the there this to us was we were what when where which who why will with you",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What is said around the quotes."""

    honest: str
    found: str
    nothing: str
    quote: str


_KOREAN = _Phrases(
    honest="저는 언어 모델 없이 대화에서 찾아 답하는 모의 자비스예요.",
    found="“{prompt}”에 대해 이 대화에서 찾은 말이에요.",
    nothing="“{prompt}”에 대한 말은 이 대화에서 찾지 못했어요.",
    quote="- {speaker}, {at}: “{text}”",
)
_ENGLISH = _Phrases(
    honest="I am a mock without a language model: I only look things up in this talk.",
    found="This is what was said here about “{prompt}”:",
    nothing="Nothing in this talk bears on “{prompt}”.",
    quote="- {speaker}, {at}: “{text}”",
)


class MockChatModel:
    """Quotes what was said that shares most with the question, and calls tools for plain requests that it recognises;
    about 20 words a second. It needs no key, and says what it is."""

    def __init__(self, clock: Clock, pause: float = 0.05) -> None:
        """``pause``: seconds before each piece."""
        self._clock = clock
        self._pause = pause

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        call = call_for(conversation) if not conversation.rounds else None
        text = "" if call is not None else answer(conversation)
        for piece in _PIECE.findall(text):
            await self._clock.sleep(self._pause)
            yield piece
        if call is not None:
            yield call
        shown = (conversation.prompt, *(said.text for said in (*conversation.talk, *conversation.found)))
        yield Tokens(sum(map(tokens_of, shown)), tokens_of(text), NAME)


def answer(conversation: Conversation) -> str:
    """The whole answer, in Korean where the question has Hangul in it and in English elsewhere."""
    korean = _HANGUL.search(conversation.prompt) is not None
    phrases = _KOREAN if korean else _ENGLISH
    if conversation.rounds:
        return f"{phrases.honest}\n\n{report(conversation.rounds, korean=korean)}"
    prompt = _excerpt(conversation.prompt)
    replied = [conversation.replied_to] if conversation.replied_to is not None else []
    quotes = related(conversation.prompt, [*replied, *conversation.found, *conversation.talk]) or replied
    if not quotes:
        return f"{phrases.honest}\n\n{phrases.nothing.format(prompt=prompt)}"
    lines = [
        phrases.quote.format(
            speaker=said.speaker, at=f"{said.at.astimezone(_SEOUL):%Y-%m-%d %H:%M}", text=_excerpt(said.text)
        )
        + (f" [{said.ref}]" if said.ref is not None else "")
        for said in quotes
    ]
    return "\n".join([phrases.honest, "", phrases.found.format(prompt=prompt), *lines])


def related(prompt: str, talk: Iterable[Said]) -> list[Said]:
    """At most three lines of people that bear on the prompt, oldest first; questions to Jarvis are none."""
    sought = _traits(prompt)
    if not sought:
        return []
    scored = [
        (sum(sought[trait] for trait in sought.keys() & _traits(said.text)), said.at, place, said)
        for place, said in enumerate(talk)
        if said.speaker is not None and called(said.text) is None
    ]
    best = sorted((line for line in scored if line[0] >= 1), key=lambda line: line[:3], reverse=True)[:QUOTES]
    return [said for _, _, _, said in sorted(best, key=lambda line: line[1:3])]


def _traits(text: str) -> dict[str, float]:
    """What words have in common across their endings, by weight: Korean pairs of characters, which count most where a
    word begins, since that is where its stem is; other words whole."""
    traits: dict[str, float] = {}
    for word in _WORD.findall(text.casefold()):
        if word in _ASKING:
            continue
        if not _HANGUL.search(word):
            traits[word] = 1.0
            continue
        for at in range(len(word) - 1):
            pair = word[at : at + 2]
            traits[pair] = max(traits.get(pair, 0.0), 1.0 if at == 0 else 0.3)
    return traits


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1].rstrip()}…"
