"""A cancellation that got lost."""

import asyncio


def heed_cancellation() -> None:
    """Raise CancelledError where this task was told to end: on Python 3.11 redis-py now and then swallows that, since
    ``asyncio.wait_for`` does when what it waited for was just done."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
