"""Dashboards, alert rules and scrape jobs ask for what there is."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from adapters.observability.metrics import Metrics
from tests.architecture.source import ROOT

DEPLOY = ROOT / "deploy"
NAME = re.compile(r"\b(?:jarvis|process)_[a-z0-9_]+")
BALANCED = {")": "(", "]": "[", "}": "{"}


@pytest.fixture
async def known() -> set[str]:
    """The names of all series that a process can have."""
    names = set()
    for family in text_string_to_metric_families((await Metrics().show()).decode()):
        plain = family.name
        names |= {
            "histogram": {f"{plain}_bucket", f"{plain}_sum", f"{plain}_count"},
            "counter": {f"{plain.removesuffix('_total')}_total"},
        }.get(family.type, {plain})
    return names


def panels() -> list[dict[str, Any]]:
    dashboard = json.loads((DEPLOY / "grafana/dashboard.json").read_text(encoding="utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def rules() -> list[dict[str, Any]]:
    content = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8"))
    return [rule for group in content["groups"] for rule in group["rules"]]


def queries() -> Iterator[str]:
    yield from (target["expr"] for panel in panels() for target in panel["targets"])
    yield from (rule["expr"] for rule in rules())


def is_balanced(query: str) -> bool:
    open_: list[str] = []
    for letter in re.sub(r'"[^"]*"', "", query):
        if letter in BALANCED.values():
            open_.append(letter)
        elif letter in BALANCED and (not open_ or open_.pop() != BALANCED[letter]):
            return False
    return not open_


async def test_every_metric_that_is_asked_for_exists(known: set[str]) -> None:
    asked = {name for query in queries() for name in NAME.findall(query)}
    assert len(asked) > 25
    assert asked - known == set()


async def test_every_metric_of_ours_is_shown(known: set[str]) -> None:
    shown = {name for query in queries() for name in NAME.findall(query)}
    ours = {re.sub(r"_(bucket|sum|count)$", "", name) for name in known if name.startswith("jarvis_")}
    unseen = {name for name in ours if not any(other.startswith(name) for other in shown)}
    assert unseen <= {"jarvis_heard_rooms", "jarvis_database_waits_total"}


def test_queries_are_whole() -> None:
    assert [query for query in queries() if not is_balanced(query)] == []


def test_panels_are_told_apart_and_do_not_overlap() -> None:
    ids = [panel["id"] for panel in panels()]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert all(x < 24 for x, _ in cells), panel["title"]
        assert not cells & taken, panel["title"]
        taken |= cells


def test_every_alert_says_how_serious_it_is_and_what_it_means() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]


def test_every_process_of_the_deployment_is_read() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yaml").read_text(encoding="utf-8"))
    jobs = {job["job_name"]: job["dns_sd_configs"][0]["names"] for job in config["scrape_configs"]}
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    running = {name for name, service in compose["services"].items() if service.get("command", [""])[0] == "jarvis"}
    assert jobs == {f"jarvis-{name}": [name] for name in running - {"migrate"}}
    for file in config["rule_files"]:
        assert (DEPLOY / "prometheus" / file).is_file()


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("grafana/provisioning/*/*.yaml")), ids=lambda path: path.name)
def test_provisioning_can_be_read(path: Any) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["apiVersion"] == 1
