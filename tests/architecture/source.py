"""The project's own source, parsed once for the tests of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("domain", "application", "adapters", "entrypoints")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file: its path from the root of the project, its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    def imported(self) -> Iterator[tuple[int, str]]:
        """Line and full name of every module imported, at the top or within a function."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield node.lineno, node.module or "."

    def classes(self) -> Iterator[ast.ClassDef]:
        yield from (node for node in self.tree.body if isinstance(node, ast.ClassDef))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every module in these folders of the project, those in folders within them included."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    texts = [(file, file.read_text(encoding="utf-8")) for file in files]
    return tuple(Module(file.relative_to(ROOT).as_posix(), text, ast.parse(text)) for file, text in texts)
