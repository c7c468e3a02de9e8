"""The embedded PostgreSQL as a process to be kept running."""

import asyncio
import os
from pathlib import Path

from entrypoints.container import EmbeddedPostgres, EmbeddedPostgresError
from entrypoints.supervision import CannotStart


class LocalPostgres:
    """PostgreSQL in a data folder, which it holds from the first start until ``stop``."""

    def __init__(self, data: Path, connections: int) -> None:
        self._postgres = EmbeddedPostgres(data, settings={"max_connections": str(connections)})
        self._starting: asyncio.Future[str] | None = None
        self.url = ""

    async def start(self) -> "Watched":
        """Start it, or take over the one that an earlier run has left. Raises CannotStart."""
        self._starting = asyncio.ensure_future(asyncio.to_thread(self._postgres.start))
        try:
            self.url = await asyncio.shield(self._starting)
        except EmbeddedPostgresError as error:
            raise CannotStart(str(error)) from error
        if self._postgres.pid is None:
            raise CannotStart("PostgreSQL is gone again")
        return Watched(self._postgres.pid)

    async def stop(self) -> None:
        """Shut it down and let go of the data folder."""
        if self._starting is not None:
            await asyncio.wait({self._starting})
            await asyncio.to_thread(self._postgres.stop)


class Watched:
    """A process that need not be a child of this one."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    async def wait(self) -> int:
        """Wait for its end; the exit status is known of a child alone, and 0 of any other."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return 0
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(handle, ended.set)
        try:
            await ended.wait()
            return _status(handle)
        finally:
            loop.remove_reader(handle)
            os.close(handle)


def _status(handle: int) -> int:
    """The exit status of a process that has ended, which is left for its parent to fetch."""
    try:
        found = os.waitid(os.P_PIDFD, handle, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        return 0
    if found is None:
        return 0
    return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status
