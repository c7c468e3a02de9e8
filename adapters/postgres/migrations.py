"""Bringing the schema up to date, or back, with yoyo."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection, errors, sql
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.migrations import default_migration_table

from adapters.postgres.dsn import Target, read_dsn

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
WAIT_SECONDS = 120
_LOCK = 7_226_500_521
"""The key of the advisory lock that whoever migrates a database holds."""


class MigrationFailed(RuntimeError):
    """The schema is as it was before the migration that is named in the text."""


@dataclass(frozen=True, slots=True)
class MigrationState:
    """A migration by name, and when it was applied; None where it was not."""

    name: str
    applied_at: datetime | None


def migrate_up(dsn: str, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what is missing; answers the names. Several processes may do this at once: one works, the others wait.

    Raises:
        ValueError: the DSN cannot be read.
        MigrationFailed: the database cannot be reached, is being migrated for too long, or a migration does not apply.
    """
    with _locked(dsn) as backend:
        missing = backend.to_apply(_all(folder))
        for migration in missing:
            with _naming(migration.id):
                backend.apply_one(migration)
        return [migration.id for migration in missing]


def migrate_down(dsn: str, steps: int = 1, *, to: str | None = None, folder: Path = MIGRATIONS) -> list[str]:
    """Take back the newest ``steps`` migrations, or all that came after the one whose name starts with ``to``; answers
    the names.

    Raises:
        ValueError: the DSN cannot be read, or there is no applied migration ``to``.
        MigrationFailed: as for migrate_up.
    """
    with _locked(dsn) as backend:
        applied = list(backend.to_rollback(_all(folder)))
        if to is not None:
            places = [place for place, migration in enumerate(applied) if migration.id.startswith(to)]
            if not places:
                raise ValueError(f"no migration {to!r} is applied")
            steps = places[0]
        for migration in applied[:steps]:
            with _naming(migration.id):
                backend.rollback_one(migration)
        return [migration.id for migration in applied[:steps]]


def status(dsn: str, folder: Path = MIGRATIONS) -> list[MigrationState]:
    """Every migration in order, changing nothing.

    Raises:
        ValueError: the DSN cannot be read.
        MigrationFailed: the database cannot be reached.
    """
    names = [migration.id for migration in _all(folder)]
    with _reaching(), _connect(read_dsn(dsn)) as connection:
        times: dict[str, datetime] = {}
        if _exists(connection, default_migration_table):
            table = sql.Identifier(default_migration_table)
            query = sql.SQL("select migration_id, applied_at_utc from {}").format(table)
            times = {name: at.replace(tzinfo=UTC) for name, at in connection.execute(query)}
    return [MigrationState(name, times.get(name)) for name in names]


class _Backend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo is untyped
    """yoyo on a connection that holds the advisory lock already, each migration with its mark in one transaction."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._given = connection
        super().__init__(DatabaseURI("postgresql+psycopg", None, None, None, None, None, {}), default_migration_table)
        self.has_transactional_ddl = True

    def connect(self, dburi: DatabaseURI) -> Connection[Any]:  # noqa: ARG002
        return self._given

    @contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:  # noqa: ARG002
        """The advisory lock takes the place of yoyo's, a row that outlives a process that is killed."""
        yield

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        with self.transaction():
            migration.process_steps(self, "apply", force=force)
            if mark:
                self.mark_one(migration)

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        with self.transaction():
            migration.process_steps(self, "rollback", force=force)
            self.unmark_one(migration)

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """yoyo would ask the system for a user's and the DNS for the machine's name, which a container may not have."""
        query = "select gen_random_uuid()::text, session_user, now() at time zone 'utc'"
        [(id_, user, now)] = self._given.execute(query)
        return {
            "id": id_,
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": user,
            "hostname": self._given.info.host,
            "created_at_utc": now,
            "operation": operation,
        }


def _all(folder: Path) -> Any:
    return read_migrations(str(folder))


@contextmanager
def _locked(dsn: str) -> Iterator[_Backend]:
    target = read_dsn(dsn)
    with _reaching(), _connect(target) as connection:
        _wait_for_turn(connection)
        if target.schema is not None:
            connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(target.schema)))
        backend = _Backend(connection)
        backend.ensure_internal_schema_updated()
        yield backend


def _wait_for_turn(connection: Connection[Any]) -> None:
    connection.execute(sql.SQL("set lock_timeout = {}").format(WAIT_SECONDS * 1000))
    try:
        connection.execute("select pg_advisory_lock(%s)", (_LOCK,))
    except errors.LockNotAvailable:
        raise MigrationFailed(f"another process has been migrating this database for {WAIT_SECONDS} seconds") from None


def _connect(target: Target) -> Connection[Any]:
    connection = psycopg.connect(**{"connect_timeout": "10", **target.parameters}, autocommit=True)  # type: ignore[arg-type]
    if target.schema is not None:
        connection.execute(sql.SQL("set search_path to {}").format(sql.Identifier(target.schema)))
    return connection


def _exists(connection: Connection[Any], table: str) -> bool:
    row = connection.execute("select to_regclass(%s) is not null", (table,)).fetchone()
    return bool(row and row[0])


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise MigrationFailed(f"the database cannot be reached or broke off: {error}") from error
    except psycopg.Error as error:
        reason = error.diag.message_primary or type(error).__name__
        raise MigrationFailed(f"the database cannot be prepared for migrations: {reason}") from error


@contextmanager
def _naming(migration: str) -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise MigrationFailed(f"migration {migration} failed: {error}") from error
