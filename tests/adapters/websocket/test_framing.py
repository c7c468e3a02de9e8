"""Frames as aiohttp's own reader understands them."""

import pytest

from adapters.websocket.framing import PING_FRAME, close_frame, pong_frame, text_frame
from tests.adapters.websocket.rig import CLOSE, frames

TEXT, PING, PONG = 1, 9, 10


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 65_537, 3_000_000])
async def test_text_of_any_length(size: int) -> None:
    body = (b"0123456789" * (size // 10 + 1))[:size]
    assert frames(text_frame(body) + text_frame(b"next")) == [(TEXT, body), (TEXT, b"next")]


async def test_lengths_take_as_few_bytes_as_they_can() -> None:
    overhead = {size: len(text_frame(b"x" * size)) - size for size in (0, 125, 126, 65_535, 65_536)}
    assert overhead == {0: 2, 125: 2, 126: 4, 65_535: 4, 65_536: 10}


async def test_control_frames() -> None:
    assert frames(PING_FRAME + pong_frame(b"") + pong_frame(b"x" * 125)) == [
        (PING, b""),
        (PONG, b""),
        (PONG, b"x" * 125),
    ]


@pytest.mark.parametrize(("code", "reason"), [(4008, "too slow"), (1001, ""), (4001, "말" * 41)])
async def test_the_end(code: int, reason: str) -> None:
    [(opcode, payload)] = frames(close_frame(code, reason))
    assert (opcode, int.from_bytes(payload)) == (CLOSE, code)
