"""The chat model: answers streamed as they come, tool calls put together from their pieces."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from adapters.openai.client import OpenAiClient
from application.jarvis.prompt import fenced, opening
from application.ports.chat_model import Conversation, Piece, Round, Tokens, ToolCall, ToolDescription
from domain.errors import ModelFailed, ModelRejected


class OpenAiChatModel:
    """A ChatModel on the chat completions of OpenAI and of whoever speaks the same."""

    def __init__(self, client: OpenAiClient, model: str) -> None:
        self._client = client
        self._model = model

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        calls: dict[int, _Call] = {}
        finished, name = None, self._model
        tokens: Tokens | None = None
        tools = [_tool(tool) for tool in conversation.tools]
        async with aclosing(self._client.stream(self._model, _messages(conversation), tools)) as chunks:
            async for chunk in chunks:
                name = chunk.model or name
                if chunk.usage is not None:
                    tokens = Tokens(chunk.usage.prompt_tokens, chunk.usage.completion_tokens, name)
                for choice in chunk.choices:
                    if choice.delta.content:
                        yield choice.delta.content
                    for piece in choice.delta.tool_calls or ():
                        calls.setdefault(piece.index, _Call()).take(piece)
                    finished = choice.finish_reason or finished
        if finished is None:
            raise ModelFailed  # the stream has stopped in the middle
        if finished == "content_filter":
            raise ModelRejected
        for place in sorted(calls):
            yield calls[place].whole(place)
        if tokens is not None:
            yield tokens


@dataclass(slots=True)
class _Call:
    """A tool call as its pieces come in."""

    id: str = ""
    name: str = ""
    arguments: str = ""

    def take(self, piece: ChoiceDeltaToolCall) -> None:
        self.id = piece.id or self.id
        if piece.function is not None:
            self.name += piece.function.name or ""
            self.arguments += piece.function.arguments or ""

    def whole(self, place: int) -> ToolCall:
        return ToolCall(self.id or f"call-{place}", self.name, self.arguments or "{}")


def _messages(conversation: Conversation) -> list[ChatCompletionMessageParam]:
    messages: list[ChatCompletionMessageParam] = []
    for line in opening(conversation):
        if line.role == "system":
            messages.append({"role": "system", "content": line.text})
        else:
            messages.append({"role": "user", "content": line.text})
    for round_ in conversation.rounds:
        messages += _turn(round_)
    return messages


def _turn(round_: Round) -> list[ChatCompletionMessageParam]:
    turn: list[ChatCompletionMessageParam] = [
        {
            "role": "assistant",
            "content": round_.said or None,
            "tool_calls": [
                {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                for call in round_.calls
            ],
        }
    ]
    for call, result in zip(round_.calls, round_.results, strict=True):
        turn.append({"role": "tool", "tool_call_id": call.id, "content": fenced(result)})
    return turn


def _tool(tool: ToolDescription) -> ChatCompletionToolParam:
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
    }
