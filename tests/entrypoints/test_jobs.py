"""What an operator sees of questions without an answer, and has run again."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid5

import psycopg
import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from tests.jarvis_process import SETTINGS

NAMESPACE = UUID(int=0)
USER, ROOM = uuid5(NAMESPACE, "user"), uuid5(NAMESPACE, "room")
SECRET_TEXT = "what only the room may know"

ASK = """
insert into jarvis_requests
    (id, public_id, room_id, asker_id, prompt, mode, personal, lane, created_at, status, attempt, failure, retry_at)
values (%(id)s, %(id)s, %(room)s, %(user)s, %(prompt)s, 'chat', false, %(lane)s, now() - %(age)s::interval,
    %(status)s, %(attempt)s, %(failure)s, now() + %(in)s::interval)
"""


@pytest.fixture
def jarvis(postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `jarvis jobs` over a database with a person and a room in it."""
    monkeypatch.chdir(tmp_path)
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("insert into users (id, email, name, created_at) values (%s, 'a@b', 'Ana', now())", [USER])
        connection.execute(
            "insert into rooms (id, type, title, created_by, created_at) values (%s, 'group', 'R', %s, now())",
            [ROOM, USER],
        )

    def invoke(*arguments: str) -> Result:
        settings = {**dict.fromkeys(SETTINGS), "DATABASE_URL": postgres_dsn}
        return CliRunner().invoke(main, ["jobs", *arguments], env=settings, catch_exceptions=False)

    return invoke


def ask(dsn: str, name: str, status: str, **more: object) -> UUID:
    request_id = uuid5(NAMESPACE, name)
    row = {"age": "5 minutes", "attempt": 0, "failure": None, "in": None, **more}
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            ASK,
            {
                **row,
                "id": request_id,
                "room": ROOM,
                "user": USER,
                "prompt": SECRET_TEXT,
                "lane": f"room:{name}",
                "status": status,
            },
        )
    return request_id


def statuses(dsn: str) -> dict[str, str]:
    with psycopg.connect(dsn) as connection:
        return dict(connection.execute("select lane, status from jarvis_requests").fetchall())


def test_all_is_answered(jarvis: Callable[..., Result]) -> None:
    shown = jarvis()
    assert (shown.exit_code, shown.stdout) == (0, "Every question has its answer.\n")


def test_every_question_without_an_answer_is_listed(jarvis: Callable[..., Result], postgres_dsn: str) -> None:
    ids = [
        ask(postgres_dsn, "old", "queued", age="3 days"),
        ask(postgres_dsn, "late", "queued", age="90 seconds", attempt=2, failure="TimeoutError", **{"in": "1 hour"}),
        ask(postgres_dsn, "now", "running", age="7 seconds", attempt=1),
        ask(postgres_dsn, "bad", "failed", age="2 hours", attempt=5, failure="ValueError"),
    ]
    ask(postgres_dsn, "good", "done", attempt=1)
    shown = jarvis()
    assert shown.exit_code == 0
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["STATUS", "AGE", "TRIES", "FAILURE", "ID", "LANE"],
        ["queued", "3", "d", "0", "-", str(ids[0]), "room:old"],
        ["put", "off", "1", "min", "2", "TimeoutError", str(ids[1]), "room:late"],
        ["running", "7", "s", "1", "-", str(ids[2]), "room:now"],
        ["failed", "2", "h", "5", "ValueError", str(ids[3]), "room:bad"],
    ]
    assert SECRET_TEXT not in shown.output
    assert len(jarvis("--limit", "2").stdout.splitlines()) == 3


def test_one_runs_again(jarvis: Callable[..., Result], postgres_dsn: str) -> None:
    bad = ask(postgres_dsn, "bad", "failed", attempt=5, failure="ValueError")
    ask(postgres_dsn, "worse", "failed", attempt=5, failure="ValueError")
    again = jarvis("retry", str(bad))
    assert (again.exit_code, again.stdout) == (0, "Runs again: 1\n")
    assert statuses(postgres_dsn) == {"room:bad": "queued", "room:worse": "failed"}
    twice = jarvis("retry", str(bad))
    assert twice.exit_code == 1
    assert twice.stderr == f"Cannot retry:\n  {bad} was not set aside\n"
    assert statuses(postgres_dsn) == {"room:bad": "queued", "room:worse": "failed"}


def test_all_run_again(jarvis: Callable[..., Result], postgres_dsn: str) -> None:
    for name in ("bad", "worse"):
        ask(postgres_dsn, name, "failed", attempt=5, failure="ValueError")
    ask(postgres_dsn, "good", "done", attempt=1)
    assert jarvis("retry", "--all").stdout == "Runs again: 2\n"
    assert statuses(postgres_dsn) == {"room:bad": "queued", "room:worse": "queued", "room:good": "done"}
    assert jarvis("retry", "--all").stdout == "Runs again: 0\n"


@pytest.mark.parametrize("arguments", [[], ["--all", str(USER)], ["no-id"]])
def test_it_is_said_which(arguments: list[str], jarvis: Callable[..., Result]) -> None:
    assert jarvis("retry", *arguments).exit_code == 2


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_workers_and_schedulers_need_a_place_to_meet(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = CliRunner().invoke(main, [command], env=dict.fromkeys(SETTINGS), catch_exceptions=False)
    assert ended.exit_code == 2
    assert "DATABASE_URL: is missing" in ended.stderr
    assert "REDIS_URL: is missing" in ended.stderr
