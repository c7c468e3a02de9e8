"""What Compose does with ``${…}`` in its file: the forms that compose.yaml may use, and no others."""

import re
from collections.abc import Iterator, Mapping

_FORM = re.compile(
    r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?[-?])(?P<word>[^{}$]*))?\}|(?P<stray>.?))",
    re.DOTALL,
)


class Missing(Exception):
    """A variable that the file requires is not set, or is empty."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def variables(node: object) -> Iterator[str]:
    """The name of every variable in the strings below, as often as it is used."""
    for text in _strings(node):
        yield from (match["name"] for match in _FORM.finditer(text) if match["name"])


def without_default(node: object) -> set[str]:
    """The variables that stand somewhere as ``${NAME}`` alone: neither with a default nor required."""
    found = (match for text in _strings(node) for match in _FORM.finditer(text))
    return {match["name"] for match in found if match["name"] and not match["operator"]}


def interpolated(node: object, values: Mapping[str, str]) -> object:
    """The same with every form resolved. Raises Missing, and ValueError for what is no form known here."""
    if isinstance(node, str):
        return _FORM.sub(lambda match: _resolved(match, values), node)
    if isinstance(node, list):
        return [interpolated(item, values) for item in node]
    if isinstance(node, dict):
        return {key: interpolated(item, values) for key, item in node.items()}
    return node


def _resolved(match: "re.Match[str]", values: Mapping[str, str]) -> str:
    if match["dollar"]:
        return "$"
    if match["name"] is None:
        raise ValueError(f"no form known here: {match.string}")
    name, operator, word = match["name"], match["operator"] or "", match["word"]
    value = values.get(name)
    if value or (value is not None and not operator.startswith(":")):
        return value
    if operator.endswith("?"):
        raise Missing(name, word)
    return word or ""


def _strings(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _strings(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from _strings(item)
