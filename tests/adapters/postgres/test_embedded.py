"""The embedded PostgreSQL: real servers over temporary folders."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from adapters.postgres import postmaster, unprivileged
from adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from tests.environment import for_subprocess

ROOT = Path(__file__).resolve().parents[3]
OWNER = Path(__file__).with_name("embedded_owner.py")
AS_ROOT = os.geteuid() == 0
NOBODY = unprivileged.Account(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
SERVER_UID = NOBODY.uid if AS_ROOT else os.geteuid()

Embed = Callable[..., EmbeddedPostgres]


def query(url: str, text: str) -> Any:
    """The first value of the first row, None without rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(text.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def wait_for_exit(pid: int) -> None:
    """Wait until a child of this process has ended, without reaping it."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def status(pid: int, field: str) -> list[str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(line.split()[1:] for line in lines if line.startswith(f"{field}:"))


def running(embedded: EmbeddedPostgres) -> int:
    assert embedded.pid is not None
    return embedded.pid


def kill(embedded: EmbeddedPostgres) -> None:
    """End the server as a crash would."""
    os.kill(running(embedded), signal.SIGKILL)
    wait_for_exit(running(embedded))


@contextmanager
def owner(folder: Path, *, account: unprivileged.Account | None = None) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """Another process that owns an embedded PostgreSQL; its process, and what it says about itself."""
    command = [sys.executable, str(OWNER), str(folder)]
    if account is not None:
        needed = [sys.executable, *filter(os.path.isdir, sys.path), str(ROOT), str(OWNER.parent), str(folder.parent)]
        command = unprivileged.wrap(account, needed, [*command, "--stop"])
    with subprocess.Popen(
        command,
        env=for_subprocess({"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said, "the owner did not start its PostgreSQL"
            yield process, json.loads(said)
        finally:
            if process.stdin is not None:
                process.stdin.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a stopped cluster, to copy."""
    folder = tmp_path_factory.mktemp("made") / "data"
    embedded = EmbeddedPostgres(folder)
    embedded.start()
    embedded.stop()
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A data folder with a stopped cluster of its own."""
    subprocess.run(["cp", "-a", made, tmp_path / "data"], check=True)
    return tmp_path / "data"


@pytest.fixture
def embed() -> Iterator[Embed]:
    """Makes embedded servers that are stopped after the test."""
    with ExitStack() as stack:

        def build(folder: Path, **settings: str) -> EmbeddedPostgres:
            embedded = EmbeddedPostgres(folder, settings=settings)
            stack.callback(embedded.stop)
            return embedded

        yield build


def test_keeps_what_was_committed_over_a_restart(tmp_path: Path, embed: Embed) -> None:
    embedded = embed(tmp_path / "data")
    url = embedded.start()
    query(url, "CREATE TABLE kept AS SELECT 'grüße' AS word")
    pid = running(embedded)
    embedded.stop()
    assert not Path(f"/proc/{pid}").exists()
    assert embedded.pid is None

    again = embed(tmp_path / "data")
    assert again.start() == url
    assert query(url, "SELECT word FROM kept") == "grüße"
    assert again.start() == url, "starting what runs changes nothing"


def test_offers_what_the_product_needs(data: Path, embed: Embed) -> None:
    url = embed(data).start()
    query(url, "CREATE EXTENSION vector")
    assert query(url, "SELECT '[1,2]'::vector <-> '[1,4]'::vector") == 2
    assert query(url, "SELECT upper('äß') || current_setting('server_encoding')") == "ÄßUTF8"
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
        assert query(url, f"SHOW {setting}") == "on"


def test_listens_on_no_network_and_shuts_others_out(data: Path, embed: Embed) -> None:
    url = embed(data).start()
    assert query(url, "SHOW listen_addresses") == ""
    folder = Path(query(url, "SHOW unix_socket_directories").strip('"'))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_settings_win_over_the_defaults(data: Path, embed: Embed) -> None:
    url = embed(data, max_connections="23", Shared_Buffers="16MB").start()
    assert query(url, "SHOW max_connections") == "23"
    assert query(url, "SHOW shared_buffers") == "16MB"


def test_where_it_listens_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="listen_addresses, port"):
        EmbeddedPostgres(tmp_path, settings={"PORT": "1", "listen_addresses": "*"})


def test_a_setting_that_postgres_refuses_is_reported_and_leaves_the_folder_free(data: Path, embed: Embed) -> None:
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "max_connections": "many"'):
        embed(data, max_connections="many").start()
    embed(data).start()


def test_takes_over_the_server_of_an_owner_that_was_killed(data: Path, embed: Embed) -> None:
    with owner(data) as (process, said):
        query(said["url"], "CREATE TABLE kept AS SELECT 7 AS number")
        process.kill()
        process.wait()
    embedded = embed(data)
    assert embedded.start() == said["url"]
    assert running(embedded) == said["server"]
    assert query(said["url"], "SELECT number FROM kept") == 7
    embedded.stop()
    assert not postmaster.serves(said["server"], data / "postgres")


def test_a_server_taken_over_gets_the_settings_asked_for(data: Path, embed: Embed) -> None:
    with owner(data) as (process, said):
        process.kill()
        process.wait()
    url = embed(data, max_connections="23").start()
    assert query(url, "SHOW max_connections") == "23"
    assert not postmaster.serves(said["server"], data / "postgres")


def test_a_second_owner_is_refused_and_the_first_undisturbed(data: Path, embed: Embed) -> None:
    with owner(data) as (process, said):
        with pytest.raises(EmbeddedPostgresError, match=f"in use by another Jarvis \\(process {process.pid}\\)"):
            embed(data).start()
        assert query(said["url"], "SELECT 1") == 1
        process.kill()
        process.wait()
    embed(data).start()


def test_starts_anew_after_everything_was_killed(data: Path, embed: Embed) -> None:
    embedded = embed(data)
    url = embedded.start()
    query(url, "CREATE TABLE kept AS SELECT 7 AS number")
    kill(embedded)
    assert (data / "postgres" / "postmaster.pid").exists()
    assert embedded.start() == url, "the same object starts its server again"
    assert query(url, "SELECT number FROM kept") == 7


def test_what_a_dead_server_left_behind_does_not_block_the_next(data: Path, embed: Embed) -> None:
    embedded = embed(data)
    url = embedded.start()
    with psycopg.connect(url) as stuck:
        backend = stuck.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # so that it cannot notice
        kill(embedded)
        embedded.start()
        assert not postmaster.command_line(backend)
    assert query(url, "SELECT 1") == 1


def test_a_stale_pid_that_now_is_another_process_does_not_block(data: Path, embed: Embed) -> None:
    embedded = embed(data)
    embedded.start()
    kill(embedded)
    pid_file = data / "postgres" / "postmaster.pid"
    stranger_command = [sys.executable, "-c", "input()"]
    if AS_ROOT:  # a process of the server's own account, which PostgreSQL would take for its own
        stranger_command = unprivileged.wrap(NOBODY, [sys.executable], stranger_command)
    with subprocess.Popen(stranger_command, stdin=subprocess.PIPE) as stranger:
        lines = pid_file.read_text().split("\n")
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
        assert query(embedded.start(), "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_pid_file_cut_short_is_reported(data: Path, embed: Embed) -> None:
    (data / "postgres" / "postmaster.pid").touch()
    with pytest.raises(EmbeddedPostgresError, match=r'lock file "postmaster\.pid" is empty'):
        embed(data).start()


def test_a_cluster_whose_making_was_cut_short_is_made_anew(tmp_path: Path, embed: Embed) -> None:
    half = tmp_path / "postgres.new-0123"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    embedded = embed(tmp_path)
    assert query(embedded.start(), "SELECT 1") == 1
    assert not half.exists()

    embedded.stop()
    half.mkdir()
    embedded.start()
    assert not half.exists()


def test_a_cluster_of_another_version_is_left_alone(data: Path, embed: Embed) -> None:
    (data / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 16, and this Jarvis brings PostgreSQL 18"):
        embed(data).start()
    assert (data / "postgres" / "PG_VERSION").read_text() == "16\n"


def test_a_folder_that_is_no_cluster_is_left_alone(tmp_path: Path, embed: Embed) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="not a PostgreSQL cluster"):
        embed(tmp_path).start()
    assert (tmp_path / "postgres" / "thesis.txt").read_text() == "mine"


def test_a_data_folder_that_cannot_be_made_is_reported(tmp_path: Path, embed: Embed) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedPostgresError, match=r"cannot run PostgreSQL in .*/file/data"):
        embed(tmp_path / "file" / "data").start()


def test_the_folders_above_keep_their_modes_and_owners(tmp_path: Path, embed: Embed) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    above = [private, *private.parents, *EmbeddedPostgres.bin_folder().parents]
    before = [(folder.stat().st_mode, folder.stat().st_uid, folder.stat().st_gid) for folder in above]

    embedded = embed(private / "data")
    embedded.start()

    assert [(folder.stat().st_mode, folder.stat().st_uid, folder.stat().st_gid) for folder in above] == before
    cluster = (private / "data" / "postgres").stat()
    assert (stat.S_IMODE(cluster.st_mode), cluster.st_uid) == (0o700, SERVER_UID)
    assert (private / "data").stat().st_uid == os.geteuid()
    assert set(status(running(embedded), "Uid")) == {str(SERVER_UID)}
    assert int(status(running(embedded), "CapEff")[0], 16).bit_count() == int(AS_ROOT)


def test_a_server_that_can_reach_its_files_has_no_privileges(embed: Embed) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        Path(temporary).chmod(0o755)
        embedded = embed(Path(temporary) / "data")
        embedded.start()
        programs = EmbeddedPostgres.bin_folder().parents
        closed = AS_ROOT and not all(folder.stat().st_mode & stat.S_IXOTH for folder in programs)
        held = [int(status(running(embedded), field)[0], 16) for field in ("CapEff", "CapPrm", "CapInh")]
        assert all(capabilities.bit_count() == int(closed) for capabilities in held)
        if AS_ROOT:
            assert status(running(embedded), "Groups") == []
        embedded.stop()


def test_a_cluster_belongs_to_the_same_account_ever_after(data: Path, embed: Embed) -> None:
    if AS_ROOT:
        subprocess.run(["chown", "-R", "1:1", data / "postgres"], check=True)
    embedded = embed(data)
    embedded.start()
    assert set(status(running(embedded), "Uid")) == {"1" if AS_ROOT else str(os.geteuid())}


def test_runs_as_a_plain_user() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if AS_ROOT:
            os.chown(folder, NOBODY.uid, NOBODY.gid)
        with owner(folder / "data", account=NOBODY if AS_ROOT else None) as (_, said):
            assert said["uid"] == SERVER_UID
            assert query(said["url"], "SELECT 1") == 1
            assert set(status(said["server"], "Uid")) == {str(SERVER_UID)}
        assert (folder / "data" / "postgres.lock").stat().st_uid == SERVER_UID
        embedded = EmbeddedPostgres(folder / "data")  # and what a plain user made, root can use
        embedded.start()
        embedded.stop()
        assert (folder / "data" / "postgres.log").stat().st_uid == SERVER_UID


@pytest.mark.parametrize("name", ["x" * 90, "a,b"])
def test_a_folder_whose_path_does_not_fit_a_socket(made: Path, tmp_path: Path, embed: Embed, name: str) -> None:
    data = tmp_path / name
    shutil.copytree(made, data, ignore=shutil.ignore_patterns("postgres"))
    subprocess.run(["cp", "-a", made / "postgres", data / "postgres"], check=True)
    embedded = embed(data)
    url = embedded.start()
    socket_folder = Path(query(url, "SHOW unix_socket_directories").strip('"'))
    try:
        outside = socket_folder.stat()
        assert (stat.S_IMODE(outside.st_mode), outside.st_uid) == (0o700, SERVER_UID)
        assert socket_folder.parent.stat().st_uid == os.geteuid()
        embedded.stop()

        socket_folder.parent.chmod(0o777)  # where anybody could put another in its place
        with pytest.raises(EmbeddedPostgresError, match="open to others"):
            embedded.start()
    finally:
        shutil.rmtree(socket_folder.parent)


def test_paths_with_odd_characters(made: Path, tmp_path: Path, embed: Embed) -> None:
    data = tmp_path / "a \"b\" 'c' %41 ü?&"
    subprocess.run(["cp", "-a", made, data], check=True)
    assert query(embed(data).start(), "SELECT 1") == 1


def test_the_terminal_does_not_reach_it(data: Path, embed: Embed) -> None:
    embedded = embed(data)
    embedded.start()
    assert os.getsid(running(embedded)) != os.getsid(0)


def test_it_learns_nothing_of_the_environment(data: Path, embed: Embed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JARVIS_JWT_SECRET", "geheim")
    url = embed(data).start()
    query(url, "CREATE TABLE environment (line text)")
    query(url, "COPY environment FROM PROGRAM 'env'")
    assert query(url, "SELECT count(*) FROM environment WHERE line LIKE 'TZ=UTC'") == 1
    assert query(url, "SELECT count(*) FROM environment WHERE line LIKE '%geheim%'") == 0


def test_its_log_does_not_repeat_what_people_wrote(data: Path, embed: Embed) -> None:
    embedded = embed(data)
    url = embedded.start()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE words (word text PRIMARY KEY)")
        for failing in (
            "INSERT INTO words VALUES (%s), (%s)",
            "SELECT %s::text::integer, %s::text",
            "SELECT %s::text::jsonb, %s::text",
        ):
            with pytest.raises(psycopg.Error, match="geheim"):
                connection.execute(failing, ("geheim", "geheim"))
        connection.execute("DO $$ BEGIN RAISE WARNING 'geheim'; END $$")
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT %s::text", ("geheim",))
    embedded.stop()
    log = (data / "postgres.log").read_text()
    assert "database system is shut down" in log
    assert "geheim" not in log


def test_the_benchmarks_find_pgbench() -> None:
    assert os.access(EmbeddedPostgres.bin_folder() / "pgbench", os.X_OK)
