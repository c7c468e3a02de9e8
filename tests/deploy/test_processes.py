"""What compose.yaml starts is there: every command, every setting, and what answers the health checks."""

import pytest

from adapters.http.routes import health
from tests.deploy.deployment import OWN, services
from tests.deploy.test_compose import resolve
from tests.jarvis_process import SETTINGS

LIBPQ = {"PGPASSWORD"}
"""Read by PostgreSQL's own library."""


@pytest.mark.parametrize("name", OWN)
def test_every_command_is_one_of_jarvis(name: str) -> None:
    program, *arguments = services()[name]["command"]
    assert program == "jarvis"
    resolve(arguments)


@pytest.mark.parametrize("name", OWN)
def test_every_variable_is_a_setting(name: str) -> None:
    assert services()[name]["environment"].keys() <= {*SETTINGS, *LIBPQ}


@pytest.mark.parametrize("name", ["server", "worker", "scheduler"])
def test_what_the_health_check_asks_is_answered(name: str) -> None:
    *_, port, path = services()[name]["healthcheck"]["test"]
    assert port == services()[name]["environment"]["PORT"]
    assert path in {route.path for route in health.routes()}
