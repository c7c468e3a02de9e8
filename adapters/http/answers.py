"""Answers in JSON."""

from typing import Any

import orjson
from aiohttp import web

_HEADERS = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}


def answer(content: Any, *, status: int = 200) -> web.Response:
    """``content`` as JSON; UUIDs in it become text."""
    return web.Response(body=orjson.dumps(content), status=status, headers=_HEADERS)
