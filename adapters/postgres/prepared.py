"""Running a statement straight through libpq, without what a cursor does for every query."""

import asyncio
from collections.abc import Sequence
from typing import LiteralString

from psycopg import errors, pq
from psycopg.pq.abc import PGconn, PGresult

from adapters.postgres.database import Connection

_GOOD = frozenset({pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK})


class PreparedStatements:
    """The statements of one connection, each prepared when it is first run. One runs at a time."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._pgconn = connection.pgconn
        self._prepares = connection.prepare_threshold is not None
        self._names: dict[str, bytes] = {}

    def lost(self) -> bool:
        """Whether the server has ended the connection, as far as it can be told between two statements."""
        try:
            # The first reads the server's last words, the second the end.
            self._pgconn.consume_input()
            self._pgconn.consume_input()
        except errors.OperationalError:
            return True
        return self.connection.closed

    async def value(self, query: LiteralString, parameters: Sequence[bytes]) -> bytes | None:
        """The first column of a statement's first row; None where that is null or there is no row."""
        result = await self.run(query, parameters)
        return result.get_value(0, 0) if result.ntuples else None

    async def run(self, query: LiteralString, parameters: Sequence[bytes]) -> PGresult:
        """Run a statement on parameters in binary; its values come back in binary. Raises psycopg's errors."""
        binary = [pq.Format.BINARY] * len(parameters)
        if not self._prepares:
            self._pgconn.send_query_params(
                query.encode(), parameters, param_formats=binary, result_format=pq.Format.BINARY
            )
            return await self._result()
        name = self._names.get(query)
        if name is None:
            name = b"jarvis_%d" % len(self._names)
            self._pgconn.send_prepare(name, query.encode())
            await self._result()
            self._names[query] = name
        self._pgconn.send_query_prepared(name, parameters, param_formats=binary, result_format=pq.Format.BINARY)
        return await self._result()

    async def _result(self) -> PGresult:
        exchange = _Exchange(self._pgconn, asyncio.get_running_loop())
        try:
            exchange.begin()
            await exchange.done
        except asyncio.CancelledError:
            exchange.end()
            self._pgconn.finish()
            raise
        finally:
            exchange.end()
        for result in exchange.results:
            if result.status not in _GOOD:
                raise errors.error_from_result(result)
        return exchange.results[-1]


class _Exchange:
    """Sends what libpq holds for the server and collects the answer, as the socket allows."""

    def __init__(self, pgconn: PGconn, loop: asyncio.AbstractEventLoop) -> None:
        self._pgconn = pgconn
        self._loop = loop
        self._socket = pgconn.socket
        self.results: list[PGresult] = []
        self.done: asyncio.Future[None] = loop.create_future()
        self._ended = False

    def begin(self) -> None:
        self._loop.add_reader(self._socket, self._read)
        try:
            if self._pgconn.flush() != 0:
                self._loop.add_writer(self._socket, self._write)
        except errors.Error as error:
            self._finish(error)
        else:
            # Where it cannot send, libpq reads the server's last words and closes the socket: nothing comes after that.
            self._collect()

    def end(self) -> None:
        # Once only, and at once: libpq closes a socket that is lost, and the next one to be opened gets its number.
        if not self._ended:
            self._ended = True
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)

    def _read(self) -> None:
        try:
            self._pgconn.consume_input()
        except errors.Error as error:
            self._finish(error)
            return
        self._collect()
        if not self.done.done():
            # On a socket with an error, uvloop calls its reader once and never again: the end that comes after the
            # server's last words would be missed.
            self._loop.remove_reader(self._socket)
            self._loop.add_reader(self._socket, self._read)

    def _write(self) -> None:
        try:
            if self._pgconn.flush() == 0:
                self._loop.remove_writer(self._socket)
        except errors.Error as error:
            self._finish(error)
        else:
            self._collect()

    def _collect(self) -> None:
        """Take what has come of the answer, without waiting for more."""
        try:
            while not self.done.done() and not self._pgconn.is_busy():
                result = self._pgconn.get_result()
                if result is None:
                    self._finish(None)
                else:
                    self.results.append(result)
        except errors.Error as error:
            self._finish(error)

    def _finish(self, error: errors.Error | None) -> None:
        self.end()
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)
