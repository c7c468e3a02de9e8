"""Questions without an answer and jobs that are not done, as an operator sees them and has them run again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from uuid import UUID

from application.jarvis.backlog import Backlog
from domain.jarvis import RequestStatus, Unanswered
from entrypoints.container import Product

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
_HEADINGS = ("STATUS", "AGE", "TRIES", "FAILURE", "ID", "LANE")


async def listed(product: Product, take: int) -> Sequence[str]:
    """A line for each question or job that is not finished, at most ``take``, under a line of headings; none where
    there is none.

    Raises Unavailable.
    """
    async with _backlog(product) as backlog:
        unanswered = await backlog.listed(take=take)
    now = product.adapters.clock().now()
    rows = [_HEADINGS, *(_row(one, now) for one in unanswered)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return lines if unanswered else []


async def retry(product: Product, id_: UUID | None) -> int:
    """Have this question or job that was set aside done after all, or all of them; answers how many.

    Raises NotFound where this one was not set aside, and Unavailable.
    """
    async with _backlog(product) as backlog:
        if id_ is None:
            return await backlog.retry_all()
        await backlog.retry(id_)
        return 1


@asynccontextmanager
async def _backlog(product: Product) -> AsyncIterator[Backlog]:
    """What this needs, and no more: the store, and where there are workers elsewhere the bell for them."""
    adapters = product.adapters
    async with AsyncExitStack() as stack:
        await adapters.database().open()
        stack.push_async_callback(adapters.database().close)
        if product.settings().shared_by == "redis":
            await adapters.redis_jobs().start()
            stack.push_async_callback(adapters.redis_jobs().stop)
        yield product.backlog()


def _row(one: Unanswered, now: datetime) -> tuple[str, ...]:
    is_put_off = one.status is RequestStatus.QUEUED and one.retry_at is not None and one.retry_at > now
    status = "put off" if is_put_off else one.status.value
    return status, _age(now, one.asked_at), str(one.tries), one.failure or "-", str(one.id), one.lane


def _age(now: datetime, then: datetime) -> str:
    seconds = max(0, round((now - then).total_seconds()))
    name, size = next(((name, size) for name, size in _UNITS if seconds >= size), _UNITS[-1])
    return f"{seconds // size} {name}"
