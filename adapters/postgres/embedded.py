"""A real PostgreSQL that Jarvis brings along, starts and stops: for running with nothing else installed."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import psycopg
from psycopg import pq, sql

from adapters.postgres import cluster, postmaster
from adapters.postgres.cluster import SUPERUSER, Cluster, EmbeddedPostgresError
from adapters.postgres.data_folder import DataFolder, DataFolderInUseError
from adapters.postgres.embedded_settings import PORT, as_options, with_defaults

__all__ = ["DATABASE", "EmbeddedPostgres", "EmbeddedPostgresError"]

DATABASE: Final = "jarvis"

_SOCKET = f".s.PGSQL.{PORT}"
_SOCKET_PATH_LIMIT: Final = 103  # bytes: Linux takes 107, others fewer
_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


class EmbeddedPostgres:
    """A PostgreSQL server over one data folder, reached through a unix socket that only its account may use.

    The folder gets `postgres` (the cluster), `postgres.log` and `postgres.lock`. As a plain user the server runs as
    that user. PostgreSQL refuses root: for root it runs as the account that owns the cluster, `nobody` for a new one,
    and nothing but the cluster (and the socket's folder) is given to that account.

    A server that outlives its owner (`kill -9`) is taken over by the next start on the same folder.
    """

    def __init__(
        self, data_folder: Path, *, settings: Mapping[str, str] = _NO_SETTINGS, start_timeout: float = 120.0
    ) -> None:
        """`settings` are PostgreSQL's own, by name, and win over the defaults here; `start_timeout` is in seconds and
        bounds the wait for recovery after a crash.

        Raises ValueError for a setting that is not free to choose, such as where the server listens.
        """
        self._folder = DataFolder(data_folder)
        self._cluster = Cluster(self._folder.cluster)
        self._settings = with_defaults(settings)
        self._start_timeout = start_timeout
        self._socket_folder = self._folder.cluster
        self._child: subprocess.Popen[bytes] | None = None
        self._pid: int | None = None

    @staticmethod
    def bin_folder() -> Path:
        """Where `postgres`, `psql`, `pgbench` and the others lie. Raises EmbeddedPostgresError without them."""
        return cluster.bin_folder()

    @property
    def pid(self) -> int | None:
        """The process id of the server, from `start` to `stop`."""
        return self._pid

    def start(self) -> str:
        """Make the server accept connections, with a database `jarvis` in it, and return that database's URL.

        Makes the cluster when there is none, takes over a server left running, starts one anew that has died, and does
        nothing when this object's server runs. Raises EmbeddedPostgresError, and then leaves nothing of its own up.
        """
        try:
            self._folder.hold()
            if not self._alive():
                self._bring_up()
            self._create_database()
        except DataFolderInUseError as error:
            raise EmbeddedPostgresError(str(error)) from error
        except (OSError, psycopg.Error) as error:
            self.stop()
            raise EmbeddedPostgresError(f"cannot run PostgreSQL in {self._folder.path}: {error}") from error
        except BaseException:
            self.stop()
            raise
        return self._url(DATABASE)

    def stop(self) -> None:
        """Shut the server down, ending open connections, wait until it is gone, and let go of the data folder."""
        if self._pid is not None and not postmaster.shut_down(self._pid, self._alive):
            raise EmbeddedPostgresError(f"PostgreSQL (process {self._pid}) could not be stopped")
        self._pid = self._child = None
        self._folder.release()

    def _bring_up(self) -> None:
        self._pid = self._child = None
        if not Path("/proc/self/cmdline").exists():
            raise EmbeddedPostgresError("the embedded PostgreSQL needs Linux's /proc: elsewhere, set DATABASE_URL")
        self._cluster.clear_unfinished()
        if not self._cluster.exists():
            self._cluster.make()
        self._socket_folder = self._choose_socket_folder()
        options = as_options(self._settings, socket_folder=str(self._socket_folder), cluster_name=self._cluster_name())
        command = [str(self.bin_folder() / "postgres"), "-D", str(self._cluster.path), *options]
        for _ in range(
            2
        ):  # a server whose owner was killed while starting it may come to light only at the second look
            stale = postmaster.recorded(self._cluster.path)
            if self._take_over(stale, command) or self._launch(stale, command):
                return
        raise EmbeddedPostgresError(f"PostgreSQL did not start; {self._folder.log_end()}")

    def _take_over(self, record: postmaster.Record | None, command: Sequence[str]) -> bool:
        """Whether a server left running by another owner is ours now. One started otherwise than wanted is stopped."""
        if record is None or not postmaster.serves(record.pid, self._cluster.path):
            postmaster.end_orphans(self._cluster_name())
            return False
        self._pid = record.pid
        as_wanted = postmaster.command_line(record.pid) == command and (self._socket_folder / _SOCKET).exists()
        if as_wanted and self._comes_to_accept():
            return True
        if not postmaster.shut_down(record.pid, self._alive):
            raise EmbeddedPostgresError(f"PostgreSQL (process {record.pid}) could not be stopped")
        self._pid = None
        return False

    def _launch(self, stale: postmaster.Record | None, command: Sequence[str]) -> bool:
        """Whether a server started by us accepts connections; False when it ended instead."""
        environment = cluster.environment()
        if stale is not None:
            # PostgreSQL takes any process with the recorded id for a postmaster, except its own ancestors. That it is
            # none has been made sure of; PostgreSQL still looks whether the old shared memory is in use.
            environment["PG_GRANDPARENT_PID"] = str(stale.pid)
        log = self._folder.open_log()
        try:
            self._child = subprocess.Popen(  # noqa: S603
                self._cluster.command(command, [self._cluster.path, self._socket_folder]),
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # the terminal's Ctrl-C is for Jarvis, which then stops its server
            )
        finally:
            os.close(log)
        self._pid = self._child.pid
        if self._comes_to_accept():
            return True
        self._pid = self._child = None
        return False

    def _alive(self) -> bool:
        if self._child is not None:
            return self._child.poll() is None
        return self._pid is not None and postmaster.serves(self._pid, self._cluster.path)

    def _comes_to_accept(self) -> bool:
        """Wait until the server accepts connections; False when it ends before."""
        conninfo = f"{self._url('postgres')}&connect_timeout=5".encode()

        def settled() -> bool:
            if not self._alive():
                return True
            record = postmaster.recorded(self._cluster.path)
            ready = record is not None and record.pid == self._pid and record.ready
            return ready and pq.PGconn.ping(conninfo) == pq.Ping.OK

        if not postmaster.until(settled, self._start_timeout):
            raise EmbeddedPostgresError(
                f"PostgreSQL accepts no connections after {self._start_timeout:g} s; {self._folder.log_end()}"
            )
        return self._alive()

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True, connect_timeout=30) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self._socket_folder), safe='')}&port={PORT}"

    def _cluster_name(self) -> str:
        """Tells this cluster from any other, those at the same path in containers included."""
        made = self._cluster.path.stat()
        identity = f"{made.st_dev} {made.st_ino} ".encode() + os.fsencode(self._cluster.path)
        return f"jarvis-{hashlib.sha256(identity).hexdigest()[:16]}"

    def _choose_socket_folder(self) -> Path:
        """The cluster itself, or a private folder under the temporary one where that path is too long for a socket."""
        if _fits_a_socket(self._cluster.path):
            return self._cluster.path
        name = self._cluster_name()
        # The outer folder is ours, so that nobody else can put another in the place of the inner one.
        for outer in (Path(tempfile.gettempdir(), name), Path("/tmp", name)):  # noqa: S108
            inner = outer / "socket"
            if not _fits_a_socket(inner):
                continue
            outer.mkdir(mode=0o711, exist_ok=True)
            found = outer.lstat()
            if outer.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o022:
                raise EmbeddedPostgresError(f"{outer} belongs to another account or is open to others: remove it")
            inner.mkdir(mode=0o700, exist_ok=True)
            self._cluster.give(inner)
            return inner
        raise EmbeddedPostgresError(f"the path {self._folder.path} does not fit a unix socket: choose a shorter one")


def _fits_a_socket(folder: Path) -> bool:
    # A comma separates hosts in connection strings and cannot be written otherwise.
    socket = os.fsencode(folder / _SOCKET)
    return len(socket) <= _SOCKET_PATH_LIMIT and b"," not in socket
