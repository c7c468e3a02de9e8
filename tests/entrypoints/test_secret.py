"""The secret that development makes for itself."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from entrypoints.secret import development_secret
from entrypoints.settings import SECRET_LENGTH


def test_it_is_long_new_and_for_its_owner_alone(tmp_path: Path) -> None:
    earlier = os.umask(0)
    try:
        secret = development_secret(tmp_path / "new" / "data")
    finally:
        os.umask(earlier)
    assert len(secret) >= SECRET_LENGTH
    [file] = (tmp_path / "new" / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert development_secret(tmp_path / "another") != secret


def test_it_stays_the_same(tmp_path: Path) -> None:
    assert development_secret(tmp_path) == development_secret(tmp_path)


def test_servers_that_start_at_once_share_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(development_secret, [tmp_path] * 32))) == 1


def test_a_file_left_empty_by_a_crash_is_filled_and_closed_to_others(tmp_path: Path) -> None:
    development_secret(tmp_path)
    [file] = tmp_path.iterdir()
    file.write_text("")
    file.chmod(0o644)
    secret = development_secret(tmp_path)
    assert len(secret) >= SECRET_LENGTH
    assert development_secret(tmp_path) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
