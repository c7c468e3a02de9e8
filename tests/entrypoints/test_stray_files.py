"""What an operator sees of files that nothing refers to."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from entrypoints.cli import main
from tests.jarvis_process import SETTINGS

KEY = "019c0000-0000-7000-8000-00000000abcd"


@pytest.fixture
def jarvis(postgres_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        env = {**dict.fromkeys(SETTINGS), "DATABASE_URL": postgres_dsn, "JARVIS_DATA": str(tmp_path / "data")}
        return CliRunner().invoke(main, ["files", *arguments], env=env, catch_exceptions=False)

    return invoke


def test_what_the_database_knows_nothing_of_is_shown_and_removed(jarvis: Callable[..., Result], tmp_path: Path) -> None:
    assert jarvis("strays").output == "The database knows of every file.\n"
    folder = tmp_path / "data" / "files" / "cd" / "ab"
    folder.mkdir(parents=True)
    for name, then in ((KEY, 1), (f"{KEY}.thumbnail", 1), ("019c0000-0000-7000-8000-00000000abce", 9**10)):
        (folder / name).write_bytes(b"words")
        os.utime(folder / name, (then, then))
    assert sorted(jarvis("strays").output.splitlines()) == [f"stray: {KEY}", f"stray: {KEY}.thumbnail"]
    assert len(list(folder.iterdir())) == 3
    assert min(jarvis("strays", "--remove").output.splitlines()) == f"removed: {KEY}"
    assert len(list(folder.iterdir())) == 1
    assert jarvis("strays").output == "The database knows of every file.\n"
