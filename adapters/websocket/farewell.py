"""Letting sockets go before the server stops."""

import asyncio
from collections.abc import Callable, Sequence
from math import ceil

from adapters.websocket.connection import GOING_DOWN, Connection
from application.ports.clock import Clock

_STEP = 0.05


async def let_go(connections: Callable[[], Sequence[Connection]], seconds: float, clock: Clock) -> None:
    """Close all with 1001, evenly spread over so many seconds, so that they do not all come back at once.

    A socket works until its turn comes; then no more of its messages are taken in, and what was accepted is settled.
    """
    present = connections()
    steps = max(1, min(len(present), ceil(seconds / _STEP)))
    goodbyes = []
    for step in range(steps):
        if step:
            await clock.sleep(seconds / steps)
        turn = present[step * len(present) // steps : (step + 1) * len(present) // steps]
        goodbyes += [asyncio.create_task(_say_goodbye(connection)) for connection in turn]
    gone = set(present)
    goodbyes += [asyncio.create_task(_say_goodbye(late)) for late in connections() if late not in gone]
    await asyncio.gather(*goodbyes)


async def _say_goodbye(connection: Connection) -> None:
    connection.is_retiring = True
    await connection.at_rest()
    await connection.close(GOING_DOWN, "the server is going down")
