"""The lock files name what pyproject.toml asks for, each by its hash, and say nothing of where it was fetched."""

import re
import tomllib
from functools import cache
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCKS = ("runtime", "dev")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
REQUIREMENT = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^\s;]+)(?: ; [^\\]+)?")
ADDRESS = re.compile(r"://|\B@\B|#|--(?:(?:extra-)?index-url|find-links|trusted-host)|\.(?:org|com|net|io|dev)\b")


@cache
def lock_text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")


@cache
def pinned(lock: str) -> dict[str, str]:
    """Version by name. Each entry is one requirement and its hashes, on lines joined by backslashes."""
    pins: dict[str, str] = {}
    for entry in lock_text(lock).replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+(?=--hash)", entry.strip())
        match = REQUIREMENT.fullmatch(requirement)
        assert match is not None, f"no exact version: {entry[:80]}"
        assert hashes, f"no hash: {requirement}"
        assert all(HASH.fullmatch(digest) for digest in hashes), f"a hash that is no SHA-256: {requirement}"
        pins[match["name"]] = match["version"]
    return pins


def asked_for(lock: str) -> list[Requirement]:
    pyproject: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project, groups = pyproject["project"], pyproject["dependency-groups"]
    lines = project["dependencies"] + project["optional-dependencies"]["embedded"] + groups["build"]
    return [Requirement(line) for line in lines + (groups["dev"] if lock == "dev" else [])]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    found = [line for line in lock_text(lock).splitlines() if ADDRESS.search(line)]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_by_hash(lock: str) -> None:
    assert len(pinned(lock)) >= len(asked_for(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock: str) -> None:
    pins = pinned(lock)
    unmet = [
        str(requirement)
        for requirement in asked_for(lock)
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"), prereleases=True)
    ]
    assert unmet == [], "run `make lock`"


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    assert pinned("runtime").items() <= pinned("dev").items()
