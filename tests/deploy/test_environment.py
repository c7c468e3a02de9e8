"""What .env.example says: every setting, with its default."""

from pathlib import Path

import pytest

from entrypoints.settings import Settings
from tests.deploy.deployment import documented, raw
from tests.deploy.interpolation import variables
from tests.deploy.test_compose import loaded
from tests.jarvis_process import SETTINGS

ELSEWHERE = {"NODE_ENV"}
"""Another name for JARVIS_ENV, which stands beside it."""


def test_every_setting_is_there_and_nothing_else() -> None:
    assert documented().keys() == {*SETTINGS, *variables(raw())} - ELSEWHERE


def test_what_it_shows_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    nothing_set = loaded({}, monkeypatch, tmp_path)
    as_shown = loaded(documented(), monkeypatch, tmp_path)
    different = {name for name in Settings.model_fields if getattr(as_shown, name) != getattr(nothing_set, name)}
    assert different == set()
