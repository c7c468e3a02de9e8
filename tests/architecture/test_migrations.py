"""Every migration can be taken back, and their order is plain from their names."""

import re

from tests.architecture.source import ROOT

NAME = re.compile(r"(?P<number>\d{4})\.(?P<what>[a-z0-9]+(?:-[a-z0-9]+|_[a-z0-9]+)*)(?P<rollback>\.rollback)?\.sql")


def _names() -> list[str]:
    return sorted(file.name for file in (ROOT / "migrations").iterdir() if file.suffix == ".sql")


def test_every_migration_is_named_by_number_and_purpose() -> None:
    assert _names(), "migrations/ is empty"
    assert [name for name in _names() if NAME.fullmatch(name) is None] == []


def test_every_migration_has_its_rollback() -> None:
    rollbacks = {name for name in _names() if name.endswith(".rollback.sql")}
    migrations = set(_names()) - rollbacks
    assert {name.removesuffix(".sql") + ".rollback.sql" for name in migrations} == rollbacks
    assert all((ROOT / "migrations" / name).read_text(encoding="utf-8").strip() for name in _names())


def test_migrations_are_numbered_without_gaps() -> None:
    numbers = [int(name[:4]) for name in _names() if not name.endswith(".rollback.sql")]
    assert numbers == list(range(1, len(numbers) + 1))
