"""The address that is shown at the start."""

import pytest

from entrypoints.server import address
from entrypoints.settings import load


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "http://localhost:8123"),
        ("0.0.0.0", "http://localhost:8123"),
        ("::", "http://localhost:8123"),
        ("::1", "http://localhost:8123"),
        ("192.0.2.7", "http://192.0.2.7:8123"),
        ("2001:db8::7", "http://[2001:db8::7]:8123"),
        ("jarvis.example", "http://jarvis.example:8123"),
    ],
)
def test_it_can_be_opened_in_a_browser(host: str, shown: str) -> None:
    assert address(load(host=host), 8123) == shown
