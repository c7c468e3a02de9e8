"""What stands between the product and one vendor, on purgatory."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeVar

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OPENED, OpenedState

from domain.errors import DomainError, Kind

_log = logging.getLogger(__name__)

_NOT_THE_VENDORS_FAULT = (Kind.INVALID, Kind.TOO_LARGE, Kind.NOT_CONFIGURED)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """``seconds`` are what one call may take. After ``failures`` failed calls in a row the vendor is left alone for
    ``rest`` seconds; then one more failure is enough, and one success makes all good."""

    seconds: float = 8.0
    failures: int = 5
    rest: float = 60.0


class Circuit:
    """Calls one vendor, or says at once that it is of no use to call.

    While the vendor is left alone, callers get the refusal that came last: a key that is not accepted stays that.
    ``away`` is raised where the vendor gives no refusal of its own; ``spared`` are those that say nothing against it.
    """

    def __init__(
        self,
        vendor: str,
        patience: Patience,
        away: Callable[[], DomainError],
        spared: tuple[type[DomainError], ...] = (),
    ) -> None:
        self._vendor = vendor
        self._patience = patience
        self._away = away
        self._spared = spared
        self._last: Callable[[], DomainError] = away
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=patience.failures,
            default_ttl=patience.rest,
            exclude=[(DomainError, self._is_not_its_fault)],
        )
        self._breakers.add_listener(self._note)

    async def call(self, work: Callable[[], Awaitable[T]]) -> T:
        """What the work answers. Raises DomainErrors alone: those of the work, and ``away`` for all else."""
        try:
            async with AsyncExitStack() as judged:
                await judged.enter_async_context(await self._breakers.get_breaker(self._vendor))
                try:
                    async with asyncio.timeout(self._patience.seconds):
                        return await work()
                except asyncio.CancelledError:
                    judged.pop_all()  # who gives up waiting says nothing of the vendor, good or bad
                    raise
        except OpenedState:
            raise self._last() from None
        except DomainError as error:
            if not self._is_not_its_fault(error):
                self._last = type(error)
            raise
        except TimeoutError:
            self._last = self._away
            _log.warning("%s did not answer within %g s", self._vendor, self._patience.seconds)
            raise self._away() from None
        except Exception as error:  # noqa: BLE001 -- whatever a vendor says, it is not the caller's fault
            self._last = self._away
            _log.error("%s could not be asked: %s", self._vendor, type(error).__qualname__)
            raise self._away() from None

    def _is_not_its_fault(self, error: DomainError) -> bool:
        return error.kind in _NOT_THE_VENDORS_FAULT or isinstance(error, self._spared)

    def _note(self, _circuit: str, what: str, event: Any) -> None:
        if what != "state_changed":
            return
        if event.state == OPENED:
            _log.warning("%s failed again and again, and is left alone for %g s", self._vendor, self._patience.rest)
        else:
            _log.info("the way to %s is %s", self._vendor, event.state)
