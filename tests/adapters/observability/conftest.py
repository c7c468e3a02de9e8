"""Logs as they are written, for the tests of this folder."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest

from adapters.observability import logs

Lines = Callable[[], list[dict[str, Any]]]
SetUp = Callable[..., io.StringIO]


@pytest.fixture
def set_up() -> Iterator[SetUp]:
    """Sets the logs up to be written into what it answers; undone at the end."""
    root = logging.getLogger()
    names = ("domain", "application", "adapters", "entrypoints", "aiohttp.websocket")
    before = root.level, list(root.handlers), {name: logging.getLogger(name).level for name in names}

    def set_up_(
        format_: Literal["text", "json"] = "json", *, level: str = "debug", secrets: tuple[str, ...] = ()
    ) -> Any:
        stream = io.StringIO()
        logs.set_up(level, format_, secrets, stream)
        return stream

    yield set_up_
    level, handlers, levels = before
    root.setLevel(level)
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
    for name, its_level in levels.items():
        logging.getLogger(name).setLevel(its_level)


@pytest.fixture
def lines(set_up: SetUp) -> Lines:
    """All lines so far, each an object."""
    stream = set_up()
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
