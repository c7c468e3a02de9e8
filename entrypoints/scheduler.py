"""What is to be done again and again: by one process of an installation, wherever it is."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import uvloop

from application.cancelling import cancelled
from domain.errors import DomainError
from entrypoints import sight
from entrypoints.container import Product
from entrypoints.lifetime import opened, told_to_stop

_log = logging.getLogger(__name__)

_FORGET_SECONDS = 3600.0
_FORGET_JOBS_SECONDS = 300.0
_SWEEP_SECONDS = 60.0
_WEEKLY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Periodic:
    """Something to do, and how many seconds to wait between its end and its next beginning."""

    what: str
    seconds: float
    action: Callable[[], Awaitable[None]]


def everything(product: Product) -> Sequence[Periodic]:
    """All that is periodic in this product."""
    return (
        Periodic("ringing for questions that nobody works on", product.settings().sweep, product.answering().sweep),
        Periodic("ringing for jobs that nobody works on", product.settings().sweep, product.working().sweep),
        Periodic("forgetting expired tokens", _FORGET_SECONDS, product.accounts().forget_expired_tokens),
        Periodic("forgetting sessions that are over", _FORGET_SECONDS, product.doors().sessions.forget_those_long_over),
        Periodic("forgetting links that are too old", _FORGET_SECONDS, product.doors().registration.forget_expired),
        Periodic("forgetting old invitations", _FORGET_SECONDS, product.doors().invitations.forget_expired),
        Periodic("forgetting recordings that came to nothing", _FORGET_SECONDS, product.recordings().forget_old),
        Periodic("removing files that nobody refers to", _SWEEP_SECONDS, product.files().sweep),
        Periodic("having made what is made each week", _WEEKLY_SECONDS, partial(_have_the_week_made, product)),
        Periodic("forgetting jobs that are done", _FORGET_JOBS_SECONDS, product.working().forget_done),
    )


async def _have_the_week_made(product: Product) -> None:
    """A report is made of cards, decisions and tasks too: those of the week come before it. Whatever cannot be asked
    for keeps nothing else from being asked for."""
    failures = []
    for renew in (product.gleaning().renew, product.ideas().renew, product.ledger().pulse.renew):
        try:
            await renew()
        except Exception as error:  # noqa: BLE001 -- it is raised when the others have had their turn
            failures.append(error)
    if failures:
        raise ExceptionGroup("not all of the week was asked for", failures)


@asynccontextmanager
async def doing(product: Product, may: Callable[[], Awaitable[bool]]) -> AsyncIterator[None]:
    """Do all that is periodic for the length of the block, whenever ``may`` says so."""
    tasks = [asyncio.create_task(_again_and_again(periodic, may)) for periodic in everything(product)]
    try:
        yield
    finally:
        await cancelled(*tasks)


def run(product: Product, ready: Callable[[], None]) -> None:
    """Do what is periodic until a signal says stop; a second one ends at once.

    Of several such processes one works; when it dies another one takes over. ``ready`` is called when this one is up.
    """
    uvloop.run(_run(product, ready))


async def _run(product: Product, ready: Callable[[], None]) -> None:
    leadership = product.adapters.leadership()
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(told_to_stop(product))
        await stack.enter_async_context(opened(product))
        await stack.enter_async_context(sight.watching(product, reports_questions=True))
        stack.push_async_callback(leadership.resign)
        await stack.enter_async_context(doing(product, leadership.lead))
        ready()
        await stop.wait()


async def _again_and_again(periodic: Periodic, may: Callable[[], Awaitable[bool]]) -> None:
    while True:
        try:
            if await may():
                await periodic.action()
        except Exception as error:  # noqa: BLE001 -- what is periodic goes on
            for one in error.exceptions if isinstance(error, ExceptionGroup) else (error,):
                _report(periodic, one)
        await asyncio.sleep(periodic.seconds)


def _report(periodic: Periodic, error: Exception) -> None:
    if isinstance(error, DomainError):
        _log.warning("%s was not possible: %s", periodic.what, error.code)
    else:
        _log.error("%s failed", periodic.what, exc_info=error)
