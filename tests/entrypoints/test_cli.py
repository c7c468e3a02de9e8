"""The command line, as its users meet it."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex

import aiohttp
import click
import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql

from adapters.postgres.migrations import MIGRATIONS
from entrypoints.cli import main
from entrypoints.demo import PEOPLE, ROOMS
from tests.jarvis_process import SETTINGS, run, running

NAMES = sorted(path.stem for path in MIGRATIONS.glob("*.sql") if not path.stem.endswith(".rollback"))


@pytest.fixture
def jarvis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command to its end within this process, in an empty folder, with nothing set but what is given."""
    monkeypatch.chdir(tmp_path)
    unset = dict.fromkeys(SETTINGS)

    def invoke(*arguments: str, **settings: str) -> Result:
        return CliRunner().invoke(main, arguments, env={**unset, **settings}, catch_exceptions=False)

    return invoke


def _commands(command: click.Command, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _commands(inner, *path, name)


@pytest.mark.parametrize(("path", "command"), [pytest.param(p, c, id=" ".join(p) or "-") for p, c in _commands(main)])
def test_every_command_explains_itself(path: tuple[str, ...], command: click.Command) -> None:
    assert command.help
    for option in ("--help", "-h"):
        shown = CliRunner().invoke(main, [*path, option])
        assert shown.exit_code == 0
        assert command.help.partition("\n")[0] in " ".join(shown.output.split())
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help


def test_the_commands_are_those_people_are_told_of() -> None:
    assert set(main.commands) >= {"up", "serve", "demo", "talk", "migrate"}
    migrate = main.commands["migrate"]
    assert isinstance(migrate, click.Group)
    assert set(migrate.commands) == {"up", "down", "status"}


def test_migrations_are_walked_up_down_and_up_again(
    empty_postgres_dsn: str, tmp_path: Path, jarvis: Callable[..., Result]
) -> None:
    def migrate(*arguments: str) -> list[str]:
        ended = jarvis("migrate", *arguments, DATABASE_URL=empty_postgres_dsn)
        assert (ended.exit_code, ended.stderr) == (0, "")
        return ended.stdout.splitlines()

    assert migrate("status") == [f"missing  {name}" for name in NAMES]
    assert migrate("up") == [f"applied: {name}" for name in NAMES]
    assert migrate("up") == ["Everything is applied already."]
    assert migrate("down") == [f"taken back: {NAMES[-1]}"]
    assert migrate("status") == [*(f"applied  {name}" for name in NAMES[:-1]), f"missing  {NAMES[-1]}"]
    assert migrate("down", "--steps", "100") == [f"taken back: {name}" for name in reversed(NAMES[:-1])]
    assert migrate("down") == ["Nothing is applied."]
    assert migrate("up") == [f"applied: {name}" for name in NAMES]
    assert not list(tmp_path.iterdir()), "another database needs no data folder"


def test_migrations_of_the_embedded_database(tmp_path: Path) -> None:
    applied = run("migrate", "up", folder=tmp_path, JARVIS_DATA="data")
    assert (applied.returncode, applied.stderr) == (0, "")
    assert applied.stdout.splitlines() == [f"applied: {name}" for name in NAMES]
    status = run("migrate", "status", folder=tmp_path, JARVIS_DATA="data")
    assert status.stdout.splitlines() == [f"applied  {name}" for name in NAMES]
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists(), "it is stopped again"


def test_serve_needs_a_database(jarvis: Callable[..., Result]) -> None:
    ended = jarvis("serve")
    assert ended.exit_code == 2
    assert "DATABASE_URL: is missing" in ended.stderr


@pytest.mark.parametrize("command", ["serve", "migrate up", "migrate status"])
def test_a_database_that_is_not_there_is_said_clearly(command: str, jarvis: Callable[..., Result]) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        url = f"postgresql://jarvis:hunter2@127.0.0.1:{port}/jarvis"
        ended = jarvis(*command.split(), DATABASE_URL=url)
    assert ended.exit_code == 1
    assert ended.stderr.startswith("Jarvis cannot start:\n  the database cannot be reached")
    assert str(port) in ended.stderr
    _is_no_traceback(ended.stderr)


@pytest.mark.parametrize("command", ["serve", "up", "migrate status"])
def test_a_database_url_that_cannot_be_read_is_a_bad_setting(command: str, jarvis: Callable[..., Result]) -> None:
    ended = jarvis(*command.split(), DATABASE_URL="postgresql://jarvis:hunter2@[::1/jarvis")
    assert ended.exit_code == 2
    assert "DATABASE_URL: is not a PostgreSQL URL" in ended.stderr
    _is_no_traceback(ended.stderr)


def test_a_database_in_which_nothing_may_be_made_is_said_clearly(
    empty_postgres_dsn: str, jarvis: Callable[..., Result]
) -> None:
    guest = f"jarvis_guest_{token_hex(6)}"
    with psycopg.connect(empty_postgres_dsn, autocommit=True) as connection:
        connection.execute("revoke create on schema public from public")
        connection.execute(sql.SQL("create role {}").format(sql.Identifier(guest)))
        try:
            ended = jarvis("migrate", "up", DATABASE_URL=f"{empty_postgres_dsn}&options=-crole%3D{guest}")
        finally:
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(guest)))
    assert ended.exit_code == 1
    assert "cannot be prepared for migrations: permission denied for schema public" in ended.stderr
    _is_no_traceback(ended.stderr)


def test_a_port_in_use_is_said_clearly(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("demo", folder=tmp_path, PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr.endswith(f"  HOST, PORT: cannot listen on 127.0.0.1 port {port}: Address already in use\n")
    _is_no_traceback(ended.stderr)


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_data_folder_that_cannot_be_made_is_said_clearly(command: str, jarvis: Callable[..., Result]) -> None:
    Path("file").write_text("", encoding="utf-8")
    ended = jarvis(command, JARVIS_DATA="file/data")
    assert ended.exit_code == 1
    assert "file/data" in ended.stderr
    assert "Not a directory" in ended.stderr
    _is_no_traceback(ended.stderr)


async def test_the_demo_is_peopled(tmp_path: Path) -> None:
    async with running("demo", folder=tmp_path) as jarvis, aiohttp.ClientSession(jarvis.url) as session:
        bearer = {}
        for email, name in PEOPLE:
            async with session.post("/auth/dev", json={"email": email}) as answer:
                assert answer.status == 200
                signed_in = await answer.json()
                assert signed_in["user"]["name"] == name
                bearer = {"Authorization": f"Bearer {signed_in['token']}"}
        async with session.get("/rooms", headers=bearer) as answer:
            rooms = {room["title"]: room for room in await answer.json()}
        assert set(rooms) == {title for title, _ in ROOMS}
        for title, talk in ROOMS:
            assert rooms[title]["membersCount"] == len(PEOPLE)
            async with session.get(f"/rooms/{rooms[title]['id']}/messages", headers=bearer) as answer:
                assert [message["content"] for message in await answer.json()] == [line for _, line in talk]
        assert await jarvis.stop() == 0


async def test_a_second_jarvis_on_the_same_folder_is_turned_away(tmp_path: Path) -> None:
    async with running("up", folder=tmp_path) as jarvis:
        for command in ("up", "migrate status"):
            second = run(*command.split(), folder=tmp_path, PORT="0")
            assert second.returncode == 1
            assert "in use by another Jarvis (process " in second.stderr
            assert f"(process {jarvis.process.pid})" in second.stderr
            _is_no_traceback(second.stderr)
        async with aiohttp.ClientSession(jarvis.url) as session, session.get("/health") as answer:
            assert answer.status == 200, "the first one does not notice"
        assert await jarvis.stop() == 0
    assert (tmp_path / ".jarvis" / "postgres").is_dir()
    assert not (tmp_path / ".jarvis" / "postgres" / "postmaster.pid").exists(), "it is stopped with its owner"


async def test_a_database_url_made_for_prisma_serves(empty_postgres_dsn: str, tmp_path: Path) -> None:
    url = f"{empty_postgres_dsn}&schema=public&connection_limit=5"
    async with (
        running("serve", folder=tmp_path, DATABASE_URL=url) as jarvis,
        aiohttp.ClientSession(jarvis.url) as session,
    ):
        async with session.post("/auth/dev", json={"email": "ana@local"}) as answer:
            token = (await answer.json())["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        async with session.post("/rooms", json={"title": "Schema"}, headers=bearer) as answer:
            room_id = (await answer.json())["id"]
        async with session.ws_connect("/ws", params={"token": token}) as socket_:
            sent = {"type": "message.send", "roomId": room_id, "content": "here", "clientTempId": "1"}
            await socket_.send_json(sent)
            seen = {(await socket_.receive_json(timeout=10))["type"] for _ in range(2)}
            assert seen == {"message.new", "message.ack"}
    with psycopg.connect(empty_postgres_dsn) as connection:
        assert connection.execute("select content from public.messages").fetchall() == [("here",)]


def _is_no_traceback(stderr: str) -> None:
    assert "Traceback" not in stderr
    assert "hunter2" not in stderr
