"""Tools: what Jarvis can do for somebody, each a thin call of a use case that this person could use."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from application.ports.argument_reader import ArgumentReader
from application.ports.chat_model import Said, ToolCall, ToolDescription
from domain.errors import DomainError, Forbidden, InvalidInput, NotFound, Unavailable
from domain.ids import RoomId
from domain.users import Actor

RESULT_LENGTH = 6000
"""Characters of a result that the model is shown."""

NOT_AGREED = "The person who asks has not agreed to this."


@dataclass(frozen=True, slots=True)
class ToolUse:
    """Who uses a tool, and where: ``actor`` has asked in ``room_id``; what comes of it is seen by the whole room unless
    it is ``personal``.

    ``key`` is the same whenever this very call is made again, so that what it makes is made once. ``now`` is in
    ``zone``, the time zone that people speak of. ``cite`` gives a message the number by which the answer may cite it.
    ``agreed`` where the actor has said yes to this very call.
    """

    actor: Actor
    room_id: RoomId
    personal: bool
    key: UUID
    now: datetime
    zone: tzinfo
    cite: Callable[[Said], int]
    agreed: bool = False

    def require_agreed(self) -> None:
        """Raise Forbidden where the actor has not said yes: what was in doubt when one might have asked may be plain
        now."""
        if not self.agreed:
            raise Forbidden(NOT_AGREED)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool by the name the model calls it. ``shape`` is the dataclass of its arguments.

    ``run`` answers what it brought, as JSON can hold it. ``ask_first`` answers, in a line for the asker, what is about
    to be done where that needs a yes, and None where it does not.
    """

    name: str
    description: str
    shape: type
    run: Callable[[ToolUse, Any], Awaitable[object]]
    ask_first: Callable[[ToolUse, Any], Awaitable[str | None]] | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call whose arguments are good. ``summary`` is what the asker has to agree to, or None."""

    tool: Tool
    arguments: Any
    summary: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model is told of a call, and whether it went well."""

    text: str
    ok: bool


class Toolbox:
    """All tools by their names."""

    def __init__(self, tools: Sequence[Tool], reader: ArgumentReader) -> None:
        self._tools: Mapping[str, Tool] = {tool.name: tool for tool in tools}
        self._reader = reader
        self.descriptions: Sequence[ToolDescription] = [
            ToolDescription(tool.name, tool.description, reader.schema(tool.shape)) for tool in tools
        ]

    async def prepare(self, use: ToolUse, call: ToolCall, *, allowed: bool = False) -> Prepared | Outcome:
        """The call, ready to be made, or why it cannot be made. Raises Unavailable.

        ``allowed``: it was agreed to before, so that what is not there any more may be gone by this very call.
        """
        tool = self._tools.get(call.name)
        if tool is None:
            return refused("UNKNOWN_TOOL", f"There is no tool {call.name[:100]!r}.")
        try:
            arguments: Any = self._reader.read(tool.shape, call.arguments)
            return Prepared(tool, arguments, await _to_be_agreed(tool, use, arguments, allowed=allowed))
        except Unavailable:
            raise
        except DomainError as error:
            return _refusal(error)

    async def make(self, use: ToolUse, prepared: Prepared) -> Outcome:
        """Do it. Raises Unavailable, and what is no refusal."""
        try:
            result = await prepared.tool.run(use, prepared.arguments)
        except Unavailable:
            raise
        except DomainError as error:
            return _refusal(error)
        return Outcome(_bounded(json.dumps(result, ensure_ascii=False, default=str)), ok=True)


async def _to_be_agreed(tool: Tool, use: ToolUse, arguments: object, *, allowed: bool) -> str | None:
    if tool.ask_first is None:
        return None
    try:
        return await tool.ask_first(use, arguments)
    except NotFound:
        if allowed:
            return None
        raise


def refused(code: str, message: str) -> Outcome:
    """What the model is told of a call that was not made."""
    return Outcome(json.dumps({"error": code, "message": message}, ensure_ascii=False), ok=False)


def _refusal(error: DomainError) -> Outcome:
    if isinstance(error, InvalidInput) and error.details:
        return refused(error.code, "; ".join(f"{fault.field}: {fault.message}" for fault in error.details))
    return refused(error.code, error.message)


def _bounded(text: str) -> str:
    return text if len(text) <= RESULT_LENGTH else f"{text[:RESULT_LENGTH]}… (cut off)"
