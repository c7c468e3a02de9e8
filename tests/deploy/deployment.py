"""The files of a deployment as data."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.interpolation import interpolated

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose.yaml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"

REQUIRED = {"POSTGRES_PASSWORD": "p@ss/w:rd#1", "JWT_SECRET": "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"}
"""What has to be set, as somebody may have set it."""

OWN = ("migrate", "server", "worker", "scheduler")
"""The services that run the image of Jarvis."""

_ARGUMENT = re.compile(r"^([A-Z]+)\s+(.*)$", re.DOTALL)
_SECONDS = {"s": 1, "m": 60}


@cache
def _raw() -> Any:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def raw() -> dict[str, Any]:
    """compose.yaml as it is written, without its fragments (``x-…``), which are in the services by now."""
    return {key: value for key, value in _raw().items() if not key.startswith("x-")}


def compose(**values: str) -> dict[str, Any]:
    """compose.yaml with its variables resolved."""
    resolved = interpolated(raw(), values)
    assert isinstance(resolved, dict)
    return resolved


def services() -> dict[str, dict[str, Any]]:
    """The services where only what is required is set."""
    found: dict[str, dict[str, Any]] = compose(**REQUIRED)["services"]
    return found


def seconds(duration: str) -> int:
    """A duration of Compose, such as 45s."""
    match = re.fullmatch(r"(\d+)([sm])", duration)
    assert match is not None, duration
    return int(match[1]) * _SECONDS[match[2]]


def documented() -> dict[str, str]:
    """The variables of .env.example and what they are set to there."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    return {name: value for name, _, value in pairs}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, continued lines joined."""

    name: str
    text: str

    def words(self) -> list[str]:
        return self.text.split()

    def exec_form(self) -> list[str] | None:
        """The arguments where they are a JSON array, which runs without a shell; else None."""
        try:
            parsed = json.loads(self.text)
        except ValueError:
            return None
        return parsed if isinstance(parsed, list) else None


def stages() -> list[list[Instruction]]:
    """The instructions of the Dockerfile, by stage."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: list[list[Instruction]] = []
    for line in filter(str.strip, re.sub(r"\\\n\s*", " ", text).splitlines()):
        match = _ARGUMENT.match(line)
        assert match is not None, line
        if match[1] == "FROM":
            found.append([])
        found[-1].append(Instruction(match[1], match[2].strip()))
    return found
