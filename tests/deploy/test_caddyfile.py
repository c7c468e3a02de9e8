"""The Caddyfile: it finds the servers that compose.yaml starts, and keeps tokens to itself."""

import re

from tests.deploy.deployment import ROOT, services

TEXT = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
LINES = [line.strip() for line in TEXT.splitlines() if line.strip() and not line.strip().startswith("#")]


def test_its_blocks_are_closed() -> None:
    depth = 0
    for line in LINES:
        depth += line.endswith("{") - (line == "}")
        assert depth >= 0, line
    assert depth == 0


def test_it_sends_to_the_servers_whatever_their_number() -> None:
    [found] = [line for line in LINES if line.startswith("dynamic")]
    match = re.fullmatch(r"dynamic a (\S+) (\d+) \{", found)
    assert match is not None
    assert services()[match[1]]["environment"]["PORT"] == match[2]
    assert set(services()[match[1]]["networks"]) & set(services()["caddy"]["networks"])


def test_what_it_reads_from_outside_is_given_to_it() -> None:
    asked = set(re.findall(r"\{\$(\w+)", TEXT))
    assert asked
    assert asked == services()["caddy"]["environment"].keys()


def test_errors_are_logged_without_what_may_carry_a_token() -> None:
    assert "request>headers delete" in LINES
    assert "resp_headers delete" in LINES
    [cut] = [line for line in LINES if line.startswith("request>uri regexp ")]
    pattern, replacement = cut.split()[2:]
    assert re.sub(pattern, replacement, "/ws?token=eyJhbGciOiJI&x=1") == "/ws?"
    assert re.sub(pattern, replacement, "/calendar/feeds/c2VjcmV0.ics") == "/calendar/?"


def test_a_request_waits_for_another_server_and_no_longer_than_caddy_is_given_to_stop() -> None:
    durations = {words[0]: words[1] for line in LINES if len(words := line.split()) == 2}
    assert int(durations["lb_try_duration"].rstrip("s")) >= 5
    assert int(durations["grace_period"].rstrip("s")) < int(services()["caddy"]["stop_grace_period"].rstrip("s"))
    assert int(durations["keepalive"].rstrip("s")) < 75, "the servers close idle connections after 75 s"
    assert "max_fails 1" in LINES
