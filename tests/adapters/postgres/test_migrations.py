"""The schema goes up and down, for one server and for many at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.migrations import MIGRATIONS, MigrationFailed, migrate_down, migrate_up, status

NAMES = sorted(file.stem for file in MIGRATIONS.glob("*.sql") if not file.stem.endswith(".rollback"))

COLUMNS = """
select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
where table_schema = current_schema() and table_name not like '%yoyo%'
union all
select tablename, indexname, indexdef, '', '' from pg_indexes
where schemaname = current_schema() and tablename not like '%yoyo%'
union all
select conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '' from pg_constraint
where connamespace = current_schema()::regnamespace and conrelid::regclass::text not like '%yoyo%'
union all
select relname, 'options', reloptions::text, '', '' from pg_class
where relnamespace = current_schema()::regnamespace and reloptions is not null and relname not like '%yoyo%'
order by 1, 2, 3
"""


def schema_of(dsn: str) -> list[tuple[str, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(COLUMNS).fetchall()


def applied(dsn: str) -> list[str]:
    return [migration.name for migration in status(dsn) if migration.applied_at is not None]


def test_each_migration_goes_up_and_down_and_up_again(empty_postgres_dsn: str, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES, 1):
        for file in MIGRATIONS.glob(f"{name}*.sql"):
            (tmp_path / file.name).symlink_to(file)
        before = schema_of(empty_postgres_dsn)
        assert migrate_up(empty_postgres_dsn, tmp_path) == [name]
        after = schema_of(empty_postgres_dsn)
        assert after != before
        assert migrate_down(empty_postgres_dsn, folder=tmp_path) == [name]
        assert schema_of(empty_postgres_dsn) == before
        assert migrate_up(empty_postgres_dsn, tmp_path) == [name]
        assert schema_of(empty_postgres_dsn) == after
        assert applied(empty_postgres_dsn) == NAMES[:number]


def test_all_the_way_down_leaves_nothing(empty_postgres_dsn: str) -> None:
    assert migrate_up(empty_postgres_dsn) == NAMES
    assert migrate_up(empty_postgres_dsn) == []
    assert migrate_down(empty_postgres_dsn, to=NAMES[0]) == NAMES[:0:-1]
    assert migrate_down(empty_postgres_dsn, steps=10) == NAMES[:1]
    assert schema_of(empty_postgres_dsn) == []
    assert applied(empty_postgres_dsn) == []


def test_status_changes_nothing(empty_postgres_dsn: str) -> None:
    assert [migration.name for migration in status(empty_postgres_dsn)] == NAMES
    with psycopg.connect(empty_postgres_dsn) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)


def test_servers_that_start_together_all_succeed(empty_postgres_dsn: str) -> None:
    with ThreadPoolExecutor(8) as servers:
        done = list(servers.map(migrate_up, [empty_postgres_dsn] * 8))
    assert sorted(done) == [[]] * 7 + [NAMES]
    assert applied(empty_postgres_dsn) == NAMES


def test_a_lock_left_by_a_killed_process_holds_nobody_up(empty_postgres_dsn: str) -> None:
    migrate_up(empty_postgres_dsn)
    migrate_down(empty_postgres_dsn)
    with psycopg.connect(empty_postgres_dsn, autocommit=True) as connection:
        connection.execute("create table yoyo_lock (locked int primary key default 1, ctime timestamp, pid int)")
        connection.execute("insert into yoyo_lock values (1, now(), 4711)")
    assert migrate_up(empty_postgres_dsn) == NAMES[-1:]


def test_a_migration_that_fails_changes_nothing_and_is_named(empty_postgres_dsn: str, tmp_path: Path) -> None:
    (tmp_path / "0001.good.sql").write_text("create table good (id int);")
    (tmp_path / "0002.bad.sql").write_text("create table half (id int); create table good (id int);")
    with pytest.raises(MigrationFailed, match=r"0002\.bad"):
        migrate_up(empty_postgres_dsn, tmp_path)
    assert [row[0] for row in schema_of(empty_postgres_dsn)] == ["good"]
    (tmp_path / "0002.bad.sql").write_text("create table half (id int);")
    assert migrate_up(empty_postgres_dsn, tmp_path) == ["0002.bad"]


def test_a_schema_is_made_where_it_is_missing(empty_postgres_dsn: str) -> None:
    assert migrate_up(f"{empty_postgres_dsn}&schema=team") == NAMES
    assert applied(f"{empty_postgres_dsn}&schema=team") == NAMES
    with psycopg.connect(empty_postgres_dsn) as connection:
        found = connection.execute("select schemaname from pg_tables where tablename = 'messages'").fetchall()
    assert found == [("team",)]


def test_a_database_that_is_away_is_reported() -> None:
    with pytest.raises(MigrationFailed, match="cannot be reached"):
        migrate_up("postgresql://ana@127.0.0.1:1/jarvis")


def test_an_unknown_target_is_refused(empty_postgres_dsn: str) -> None:
    migrate_up(empty_postgres_dsn)
    with pytest.raises(ValueError, match="9999"):
        migrate_down(empty_postgres_dsn, to="9999")
    assert applied(empty_postgres_dsn) == NAMES
