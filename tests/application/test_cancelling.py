"""Ending tasks for good."""

import asyncio

import pytest

from application import cancelling
from application.cancelling import cancelled


async def test_a_task_that_loses_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancelling, "_AGAIN", 0.01)
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    await cancelled(task)
    assert (task.cancelled(), lost) == (True, 3)


async def test_whatever_tasks_end_with_is_their_own_affair() -> None:
    async def fail() -> None:
        raise ValueError

    async def end() -> int:
        return 1

    tasks = [asyncio.create_task(fail()), asyncio.create_task(end()), asyncio.create_task(asyncio.Event().wait())]
    await asyncio.sleep(0)
    await cancelled(*tasks)
    assert all(task.done() for task in tasks)
