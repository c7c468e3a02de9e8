"""A connection to a Redis node that is made again whenever it is lost."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from redis.asyncio.connection import AbstractConnection

from adapters.redis.failures import FAILURES
from adapters.redis.nodes import CONNECT_SECONDS, Node
from adapters.redis.pauses import Pauses
from application.ports.clock import Clock

_log = logging.getLogger(__name__)


async def keep_connected(
    node: Node,
    session: Callable[[AbstractConnection], Awaitable[None]],
    lost: Callable[[str], None],
    pauses: Pauses,
    clock: Clock,
) -> None:
    """Connect and run a session on the connection, again and again until cancelled.

    ``lost`` is told after each session, and after each attempt to connect that failed, what it failed of; then comes
    a pause.
    """
    while True:
        reason = "the session ended"
        try:
            await _run(node.connection(), session)
        except* FAILURES as group:
            reason = type(group.exceptions[0]).__name__
        # A group of tasks that fails while it is being cancelled raises what failed, and the cancelling is forgotten.
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise asyncio.CancelledError
        lost(reason)
        await clock.sleep(pauses.next())


async def _run(connection: AbstractConnection, session: Callable[[AbstractConnection], Awaitable[None]]) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()  # type: ignore[no-untyped-call]
        await session(connection)
    finally:
        try:
            await connection.disconnect()
        except FAILURES as error:
            _log.debug("a connection to Redis did not close well: %s", type(error).__name__)
