"""Alarms: serious errors on their way to people, at most one of a kind in a while."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Protocol

from adapters.observability.discretion import without_quotations
from adapters.observability.metrics import Metrics

_log = logging.getLogger(__name__)

_KINDS = 1000
_GOODBYE_SECONDS = 5.0
_SUMMARY = 500


class Channel(Protocol):
    """One way to people."""

    async def send(self, subject: str, text: str) -> None:
        """Send it off. Raises OSError, TimeoutError or ValueError where that does not work."""


class PacedAlarms:
    """Sends alarms by every channel. The first of a kind goes out at once; how many of it follow within
    ``pause_seconds`` is told with the next one."""

    def __init__(
        self,
        channels: Sequence[Channel],
        metrics: Metrics,
        *,
        pause_seconds: float = 900.0,
        origin: str = "jarvis",
        time: Callable[[], float] = monotonic,
    ) -> None:
        self._channels = channels
        self._metrics = metrics
        self._pause = pause_seconds
        self._origin = origin
        self._time = time
        self._told: dict[str, tuple[float, int]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Begin to send; what sounds before that is not heard."""
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        """Wait for what is being sent, though not for long."""
        self._loop = None
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=_GOODBYE_SECONDS)
            for task in late:
                task.cancel()

    def sound(self, kind: str, summary: str) -> None:
        """May be called from any thread."""
        loop = self._loop
        if loop is not None and self._channels:
            loop.call_soon_threadsafe(self._sound, kind, summary[:_SUMMARY])

    def _sound(self, kind: str, summary: str) -> None:
        now = self._time()
        told_at, held_back = self._told.get(kind, (-self._pause, 0))
        if now - told_at < self._pause:
            self._told[kind] = (told_at, held_back + 1)
            self._metrics.alarms.labels("held_back").inc()
            return
        if len(self._told) >= _KINDS:
            self._told.clear()
        self._told[kind] = (now, 0)
        more = f" ({held_back} more of this kind since the last alarm)" if held_back else ""
        for channel in self._channels:
            task = asyncio.get_running_loop().create_task(self._send(channel, f"{summary}{more}"))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, channel: Channel, text: str) -> None:
        try:
            await channel.send(f"Jarvis on {self._origin}", text)
        except Exception as error:  # noqa: BLE001 - a channel must not stop what it reports on; its text may hold its key
            self._metrics.alarms.labels("failed").inc()
            _log.warning("an alarm could not be sent: %s", type(error).__name__)
        else:
            self._metrics.alarms.labels("sent").inc()


class AlarmHandler(logging.Handler):
    """Sounds an alarm for every error that is logged, and counts warnings and errors.

    Errors are of one kind that come from the same place and of the same sort of exception; ``extra={"alarm": kind}``
    names a kind.
    """

    def __init__(self, sound: Callable[[str, str], None], metrics: Metrics, hide: Callable[[str], str]) -> None:
        super().__init__(logging.WARNING)
        self._sound = sound
        self._metrics = metrics
        self._hide = hide

    def emit(self, record: logging.LogRecord) -> None:
        is_error = record.levelno >= logging.ERROR
        self._metrics.log_lines.labels("error" if is_error else "warning").inc()
        if not is_error:
            return
        error = record.exc_info[1] if record.exc_info else None
        name = type(error).__qualname__ if error is not None else ""
        kind = getattr(record, "alarm", None) or f"{record.name}:{record.lineno}:{name}"
        first_line = without_quotations(record).getMessage().partition("\n")[0]
        self._sound(str(kind), self._hide(f"{record.name}: {first_line}{f' ({name})' if name else ''}"))
