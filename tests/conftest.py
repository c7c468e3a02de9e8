"""What holds for every test."""

from collections.abc import Iterator

import pytest

from tests import network_guard

network_guard.install()

pytest_plugins = ["tests.postgres_server", "tests.redis_server"]


@pytest.fixture(autouse=True)
def no_outside_network() -> Iterator[None]:
    """Fail a test that tried to reach another machine, even where the code under test swallowed the refusal."""
    network_guard.attempts.clear()
    yield
    assert not network_guard.attempts
