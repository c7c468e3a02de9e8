"""The official client, with this product's patience: what it waits for, what it tries again, and what it says then."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import openai
from openai import AsyncOpenAI, AsyncStream
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat.chat_completion_chunk import Choice, ChoiceDelta
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import BaseModel, ValidationError

from adapters.openai.errors import may_pass, pause_asked_for, translated
from adapters.openai.pieces import storable
from application.metering import took
from application.ports.clock import Clock
from application.tokens import tokens_of
from domain.errors import ModelAnsweredBadly, ModelFailed, ModelRejected, ModelTimedOut

_log = logging.getLogger(__name__)

T = TypeVar("T")
B = TypeVar("B", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ModelPatience:
    """Seconds to wait for a connection, for the first words, between two pieces of a stream, and for a whole answer
    that is not streamed; how often to try again before the first word, and the pause before that, which doubles."""

    connect: float = 5.0
    first: float = 30.0
    stall: float = 20.0
    whole: float = 120.0
    retries: int = 2
    pause: float = 0.5


class OpenAiClient:
    """Asks a server that speaks the API of OpenAI. All methods raise ModelFailed and what derives from it."""

    def __init__(self, api_key: str, base_url: str | None, clock: Clock, patience: ModelPatience | None = None) -> None:
        self._patience = patience or ModelPatience()
        self._clock = clock
        self._base_url, self._key = base_url, api_key
        self._opened: AsyncOpenAI | None = None
        self._schemas, self._usage = _Feature(), _Feature()

    @property
    def api(self) -> AsyncOpenAI:
        """The library's client, for what has no method here; its own retries are off."""
        if self._opened is None:
            timeout = openai.Timeout(self._patience.whole, connect=self._patience.connect)
            self._opened = AsyncOpenAI(
                api_key=self._key, base_url=self._base_url, timeout=timeout, max_retries=0, _enforce_credentials=False
            )
        return self._opened

    async def close(self) -> None:
        """Give the connections back."""
        if self._opened is not None:
            await self._opened.close()
            self._opened = None

    async def stream(
        self,
        model: str,
        messages: list[ChatCompletionMessageParam],
        tools: list[ChatCompletionToolParam] | None = None,
    ) -> AsyncGenerator[ChatCompletionChunk]:
        """The chunks of an answer as they come. What fails before the first is tried again, what fails after is not."""

        async def open_(with_usage: bool) -> AsyncStream[ChatCompletionChunk]:
            return await self.api.chat.completions.create(
                model=model,
                messages=messages,
                tools=tools or openai.omit,
                stream=True,
                stream_options={"include_usage": True} if with_usage else openai.omit,
            )

        async def begin() -> tuple[AsyncStream[ChatCompletionChunk], ChatCompletionChunk | None]:
            chunks = await self._usage.where_known(open_)
            try:
                return chunks, await _within(self._patience.first, anext(chunks, None))
            except BaseException:
                await chunks.close()
                raise

        chunks, chunk = await self.trying(begin)
        taken, said = 0, [""]
        try:
            while chunk is not None:
                taken = _tokens_of(chunk.usage) or taken  # some servers add up as they go
                said += [_text_of(choice) for choice in chunk.choices or ()]
                yield chunk
                chunk = await _within(self._patience.stall, anext(chunks, None))
        except Exception as error:  # noqa: BLE001 -- a broken stream shows as whatever its parser or transport raises
            raise _told(error) from None
        finally:
            took(taken or _estimated(messages, "".join(said)))
            await chunks.close()

    async def complete(self, model: str, instructions: str, text: str, *, longest: int | None = None) -> str:
        """A whole answer to ``text``, of at most ``longest`` tokens."""
        answer = await self._ask(model, _messages(instructions, text), longest=longest)
        return answer.strip()

    async def structured(
        self, model: str, instructions: str, text: str, shape: type[B], *, longest: int | None = None
    ) -> B:
        """An answer of the given shape. One that does not fit is shown to the model with its fault, once.

        Raises:
            ModelAnsweredBadly: the second one does not fit either.
        """
        schema = json.dumps(shape.model_json_schema(), ensure_ascii=False)
        messages = _messages(f"{instructions}\n\nAnswer with one JSON object of this schema:\n{schema}", text)
        answer = await self._ask(model, messages, shape=shape, longest=longest)
        try:
            return shape.model_validate_json(_json_in(answer))
        except ValidationError as error:
            fault = error.json(include_url=False, include_input=False, include_context=False)
        _log.info("the model's JSON did not fit and is asked for again")
        messages += [
            {"role": "assistant", "content": answer},
            {
                "role": "user",
                "content": f"This does not fit the schema: {fault}\nAnswer again with the JSON object alone.",
            },
        ]
        answer = await self._ask(model, messages, shape=shape, longest=longest)
        try:
            return shape.model_validate_json(_json_in(answer))
        except ValidationError:
            raise ModelAnsweredBadly from None

    async def trying(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What ``ask`` answers; it is called again after what may pass, with growing pauses or those it is told."""
        pause = self._patience.pause
        tries_left = self._patience.retries
        while True:
            try:
                return await ask()
            except Exception as error:  # noqa: BLE001 -- the same
                if not tries_left or not may_pass(error):
                    raise _told(error) from None
                asked_for = pause_asked_for(error)
                _log.info("the model is asked again after %s", type(error).__name__)
            await self._clock.sleep(asked_for if asked_for is not None else pause)
            tries_left, pause = tries_left - 1, pause * 2

    async def _ask(
        self,
        model: str,
        messages: list[ChatCompletionMessageParam],
        *,
        shape: type[BaseModel] | None = None,
        longest: int | None = None,
    ) -> str:
        async def create(with_schema: bool) -> ChatCompletion:
            return await self.api.chat.completions.create(
                model=model,
                messages=messages,
                max_completion_tokens=longest if longest is not None else openai.omit,
                response_format=_format(shape) if shape is not None and with_schema else openai.omit,
            )

        async def ask() -> str:
            # Where a server knows no schemas, the instructions say the same in words.
            asked = create(False) if shape is None else self._schemas.where_known(create)
            try:
                completion = await _within(self._patience.whole, asked)
            except TimeoutError:
                raise ModelTimedOut from None  # that was time enough, and is not given again
            if not completion.choices:
                raise ModelFailed
            choice = completion.choices[0]
            took(_tokens_of(completion.usage) or _estimated(messages, choice.message.content or ""))
            if choice.finish_reason in {"length", "content_filter"}:
                raise ModelRejected
            return storable(choice.message.content or "")

        return await self.trying(ask)


class _Feature:
    """Something that not every server knows; one that does not refuses what asks for it."""

    def __init__(self) -> None:
        self._known = True

    async def where_known(self, ask: Callable[[bool], Awaitable[T]]) -> T:
        """What ``ask`` answers with the feature, or without it where the server refuses it, which is remembered."""
        if not self._known:
            return await ask(False)
        try:
            return await ask(True)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            answer = await ask(False)  # where this is refused too, it was not the feature
            self._known = False
            return answer


def _messages(instructions: str, text: str) -> list[ChatCompletionMessageParam]:
    return [{"role": "system", "content": instructions}, {"role": "user", "content": text}]


def _format(shape: type[BaseModel]) -> ResponseFormatJSONSchema:
    return {"type": "json_schema", "json_schema": {"name": shape.__name__, "schema": shape.model_json_schema()}}


def _tokens_of(usage: CompletionUsage | None) -> int:
    """What an answer took, of a server that may not tell, or only in part."""
    return getattr(usage, "total_tokens", None) or 0


def _text_of(choice: Choice) -> str:
    """What a piece of a stream says; some servers end with a choice that has no delta."""
    delta: ChoiceDelta | None = getattr(choice, "delta", None)
    return (delta.content or "") if delta is not None else ""


def _estimated(messages: Sequence[ChatCompletionMessageParam], said: str) -> int:
    """What an answer took of which the server has not told it: it was stopped, broke off, or never tells. Nothing where
    nothing came of it."""
    return tokens_of("".join([str(message.get("content") or "") for message in messages]) + said) if said else 0


def _json_in(answer: str) -> str:
    """The JSON object in an answer: some models put a fence or a sentence around it."""
    begins, ends = answer.find("{"), answer.rfind("}")
    return answer[begins : ends + 1] if 0 <= begins < ends else answer


async def _within(seconds: float, work: Awaitable[T]) -> T:
    async with asyncio.timeout(seconds):
        return await work


def _told(error: Exception) -> ModelFailed:
    if isinstance(error, ModelFailed):
        return error
    told = translated(error)
    # The library's messages may quote what was asked.
    _log.warning("the model could not be asked: %s, told as %s", type(error).__name__, told.code)
    return told
