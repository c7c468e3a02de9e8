"""Ringing for workers, wherever they are."""

import asyncio
import logging

from taskiq import AsyncBroker
from taskiq.exceptions import SendTaskError
from taskiq.kicker import AsyncKicker

from adapters.taskiq.cancellation import heed_cancellation
from adapters.taskiq.pace import QueuePace
from application.correlation import current_request_id

WORK = "jarvis.work"
"""The task's name. It is called with the lane, and the id of the request that rang or None."""

_log = logging.getLogger(__name__)


class TaskiqJobQueue:
    """Sends bells in the background, one for a lane that is rung for again before it was sent.

    While Redis is away they wait, up to a bound. What is lost is rung for again by the sweep.
    """

    def __init__(self, broker: AsyncBroker, pace: QueuePace | None = None) -> None:
        self._broker = broker
        self._pace = pace or QueuePace()
        self._waiting: dict[str, str | None] = {}
        self._rung = asyncio.Event()
        self._all_sent = asyncio.Event()
        self._all_sent.set()
        self._sending: asyncio.Task[None] | None = None
        self.dropped = 0
        """Bells that were not sent since too many waited, since the beginning."""

    @property
    def waiting(self) -> int:
        """Bells that wait to be sent."""
        return len(self._waiting)

    def ring(self, lane: str) -> None:
        if lane in self._waiting:
            return
        if len(self._waiting) >= self._pace.waiting:
            self.dropped += 1
            return
        self._waiting[lane] = current_request_id()
        self._all_sent.clear()
        self._rung.set()

    async def start(self) -> None:
        """Begin to send."""
        self._sending = asyncio.create_task(self._keep_sending())

    async def stop(self) -> None:
        """Send what waits, if that takes no long, and close the connections."""
        if self._sending is not None:
            try:
                async with asyncio.timeout(self._pace.goodbye):
                    await self._all_sent.wait()
            except TimeoutError:
                _log.warning("%d bells were not sent: the sweep rings again", len(self._waiting))
            self._sending.cancel()
            await asyncio.wait({self._sending})
        await self._broker.shutdown()

    async def _keep_sending(self) -> None:
        pause, is_away = self._pace.first_pause, False
        while True:
            heed_cancellation()
            if not self._waiting:
                self._all_sent.set()
                await self._rung.wait()
            self._rung.clear()
            lane, request_id = next(iter(self._waiting.items()), (None, None))
            if lane is None:
                continue
            del self._waiting[lane]
            try:
                await AsyncKicker[[str, str | None], None](WORK, self._broker, {}).kiq(lane, request_id)
            except SendTaskError as error:
                self._waiting.setdefault(lane, request_id)
                if not is_away:
                    _log.warning("workers cannot be rung for: %s", type(error.__cause__).__name__)
                is_away = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._pace.longest_pause)
            else:
                if is_away:
                    _log.info("workers can be rung for again")
                pause, is_away = self._pace.first_pause, False
