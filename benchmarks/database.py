"""PostgreSQL for the measurements, on the load core, with a database for Jarvis and one for pgbench."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.cores import Cores, on_core
from benchmarks.errors import BenchmarkError

_SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_connections")
_JARVIS = "jarvis_benchmark"
_PGBENCH = "pgbench_benchmark"


@dataclass(frozen=True, slots=True)
class Databases:
    """Connection strings, and the settings of the server that bear on the numbers."""

    jarvis: str
    pgbench: str
    settings: dict[str, str]


@contextmanager
def databases(data: Path, cores: Cores, url: str | None) -> Iterator[Databases]:
    """Both databases, new: in an embedded PostgreSQL under ``data``, or in the server at ``url``, which then has to be
    pinned by whoever runs it."""
    with _cluster(data, cores, url) as dsn:
        names = (_JARVIS, _PGBENCH)
        with psycopg.connect(dsn, autocommit=True) as connection:
            _drop(connection, names)
            for name in names:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            settings = {name: _setting(connection, name) for name in _SHOWN}
        try:
            yield Databases(_with_database(dsn, _JARVIS), _with_database(dsn, _PGBENCH), settings)
        finally:
            with psycopg.connect(dsn, autocommit=True) as connection:
                _drop(connection, names)


@contextmanager
def _cluster(data: Path, cores: Cores, url: str | None) -> Iterator[str]:
    if url is not None:
        yield url
        return
    from adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError  # noqa: PLC0415 - not needed where a server is given

    cluster = EmbeddedPostgres(data)
    try:
        with on_core(cores.load):
            dsn = cluster.start()
    except EmbeddedPostgresError as error:
        raise BenchmarkError(str(error)) from error
    try:
        yield dsn
    finally:
        cluster.stop()


def _drop(connection: psycopg.Connection, names: tuple[str, ...]) -> None:
    for name in names:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    return "" if row is None else str(row[0])


def _with_database(dsn: str, name: str) -> str:
    parts = urlsplit(dsn)
    return urlunsplit(parts._replace(path=f"/{name}"))
