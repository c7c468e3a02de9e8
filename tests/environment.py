"""The environment of the tests: its one reader, as entrypoints.settings is the product's."""

import os
from collections.abc import Mapping


def variable(name: str) -> str | None:
    """The value of an environment variable; None where it is unset or empty."""
    return os.environ.get(name) or None


def for_subprocess(changes: Mapping[str, str | None]) -> dict[str, str]:
    """A copy of the environment with these changes, for a process to start; None takes a variable out."""
    merged: dict[str, str | None] = {**os.environ, **changes}
    return {name: value for name, value in merged.items() if value is not None}
