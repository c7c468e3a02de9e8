"""Putting together what a stream brings in pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

from application.ports.chat_model import ToolCall


class Text:
    """Text that can be stored and sent, whatever the model makes: without NUL, and the two halves of a character that
    come in two pieces as one."""

    def __init__(self) -> None:
        self._half = ""

    def take(self, piece: str) -> str:
        """What of the text is whole with this piece."""
        text, self._half = self._half + piece, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return storable(text)


def storable(text: str) -> str:
    """The text without what no text may hold."""
    if text.isascii():
        return text.replace("\x00", "")
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "")


class Calls:
    """Tool calls. Servers differ: some give several calls one index, or none, but each an id of its own; some give no
    ids; some tell the name with every piece."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._newest: dict[int | None, _Call] = {}

    def take(self, piece: ChoiceDeltaToolCall) -> None:
        """The next piece."""
        place = getattr(piece, "index", None)
        call = self._newest.get(place)
        if call is None or (piece.id and call.id and piece.id != call.id):
            call = self._newest[place] = _Call()
            self._calls.append(call)
        call.take(piece)

    def whole(self) -> Sequence[ToolCall]:
        """All of them, in the order in which they began."""
        return [call.whole(place) for place, call in enumerate(self._calls)]


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""

    def take(self, piece: ChoiceDeltaToolCall) -> None:
        self.id = piece.id or self.id
        if piece.function is not None:
            self.name += piece.function.name if piece.function.name and piece.function.name != self.name else ""
            self.arguments += piece.function.arguments or ""

    def whole(self, place: int) -> ToolCall:
        name, arguments = storable(self.name), storable(self.arguments)
        return ToolCall(storable(self.id) or f"call-{place}", name, arguments or "{}")
