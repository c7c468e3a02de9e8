"""The README keeps its word: it opens with the two commands, and its example runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

from tests.environment import for_subprocess

ROOT = Path(__file__).resolve().parents[1]
SERVERS = (
    "aiohttp",
    "entrypoints.container",
    "entrypoints.server",
    "psycopg",
    "redis",
    "socketserver",
    "taskiq",
    "uvloop",
)
RUN = f"""
import runpy, sys
runpy.run_path(sys.argv[1], run_name="__main__")
needless = [name for name in {SERVERS!r} if name in sys.modules]
assert not needless, needless
"""


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def library_example() -> str:
    """The first block of Python under the heading "As a library"."""
    section = re.search(r"^#+ As a library$(.*?)(?=^#+ |\Z)", readme(), re.MULTILINE | re.DOTALL)
    assert section is not None, "there is no heading: As a library"
    block = re.search(r"^```python\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    assert block is not None, "there is no block of Python under it"
    return block[1]


def test_it_opens_with_the_two_commands() -> None:
    first = re.search(r"^```\w*\n(.*?)^```$", readme(), re.MULTILINE | re.DOTALL)
    assert first is not None
    commands = [line.partition("#")[0].strip().removeprefix("$ ") for line in first[1].splitlines()]
    assert [command for command in commands if command] == ["make run", "make test"]
    before = readme()[: first.start()].split("\n## ")
    assert len(before) <= 2, "there is at most one heading before them"
    assert len(before[0].splitlines()) < 15


def test_the_library_example_gets_an_answer_without_a_server(tmp_path: Path) -> None:
    example = tmp_path / "example.py"
    example.write_text(library_example(), encoding="utf-8")
    assert len(library_example().splitlines()) <= 20
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, str(example)],
        cwd=tmp_path,
        env=for_subprocess({"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}),
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "without a language model" in ended.stdout or "언어 모델 없이" in ended.stdout
