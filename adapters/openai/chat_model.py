"""The chat model: answers streamed as they come, tool calls put together from their pieces."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam, ChatCompletionToolParam
from openai.types.chat.chat_completion_chunk import ChoiceDelta

from adapters.openai.client import OpenAiClient
from adapters.openai.pieces import Calls, Text
from application.jarvis.prompt import fenced, opening
from application.ports.chat_model import Conversation, Piece, Round, Tokens, ToolDescription
from domain.errors import ModelFailed, ModelRejected


class OpenAiChatModel:
    """A ChatModel on the chat completions of OpenAI and of whoever speaks the same."""

    def __init__(self, client: OpenAiClient, model: str) -> None:
        self._client = client
        self._model = model

    async def stream(self, conversation: Conversation) -> AsyncIterator[Piece]:
        text, calls = Text(), Calls()
        finished, name = None, self._model
        tokens: Tokens | None = None
        tools = [_tool(tool) for tool in conversation.tools]
        async with aclosing(self._client.stream(self._model, _messages(conversation), tools)) as chunks:
            async for chunk in chunks:
                name = chunk.model or name
                tokens = _taken(chunk, name) or tokens
                for choice in chunk.choices or ():
                    finished = choice.finish_reason or finished
                    delta: ChoiceDelta | None = getattr(choice, "delta", None)
                    if delta is None:
                        continue
                    if delta.content and (piece := text.take(delta.content)):
                        yield piece
                    for part in delta.tool_calls or ():
                        calls.take(part)
        if finished is None:
            raise ModelFailed  # the stream has stopped in the middle
        if finished == "content_filter":
            raise ModelRejected
        for call in calls.whole():
            yield call
        if tokens is not None:
            yield tokens


def _taken(chunk: ChatCompletionChunk, name: str) -> Tokens | None:
    """What the turn took, where the chunk tells: some servers tell with every chunk, some half of it, some never."""
    if chunk.usage is None:
        return None
    tokens_in, tokens_out = (getattr(chunk.usage, part, None) for part in ("prompt_tokens", "completion_tokens"))
    return Tokens(tokens_in, tokens_out, name) if isinstance(tokens_in, int) and isinstance(tokens_out, int) else None


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
