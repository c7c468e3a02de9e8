"""An administrator for an installation that has people and none."""

from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from tests.jarvis_process import SETTINGS

PERSON = "insert into users (id, email, name, created_at) values (gen_random_uuid(), 'ana@corp.example', 'Ana', now())"


def appoint(dsn: str, email: str) -> Result:
    settings = {**dict.fromkeys(SETTINGS), "DATABASE_URL": dsn, "JARVIS_PUBLIC_URL": "https://jarvis.example"}
    return CliRunner().invoke(main, ["accounts", "appoint", email], env=settings, catch_exceptions=False)


def test_an_account_is_made_an_administrators(
    postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute(PERSON)
        for email in ("ben@corp.example", "no address"):
            refused = appoint(postgres_dsn, email)
            assert (refused.exit_code, f"nobody has the address {email}" in refused.stderr) == (1, True)
        done = appoint(postgres_dsn, "Ana@corp.example")
        assert done.exit_code == 0
        said, link = done.stdout.splitlines()
        assert said.startswith("Ana@corp.example is an administrator.")
        assert link.startswith("https://jarvis.example/#/reset/")
        assert connection.execute("select email from users where is_administrator").fetchall() == [
            ("ana@corp.example",)
        ]
