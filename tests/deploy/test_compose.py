"""compose.yaml: what it says is valid, starts in order, keeps its secrets, and is contained."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from entrypoints.cli import main
from entrypoints.settings import Settings, load
from tests.deploy.deployment import COMPOSE, OWN, REQUIRED, compose, documented, raw, seconds, services
from tests.deploy.interpolation import Missing, interpolated, variables, without_default
from tests.environment import for_subprocess
from tests.jarvis_process import SETTINGS

ENDS = "migrate"
STORES = {"postgres", "redis"}
LIBPQ = {"PGPASSWORD"}


def check_schema(file: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, env=for_subprocess({}))


def names(folders: list[str]) -> set[str]:
    return {folder.partition(":")[0] for folder in folders if not folder.startswith(".")}


def loaded(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> Settings:
    """The settings of a process for which this is set, and nothing else."""
    monkeypatch.chdir(folder)
    for variable in SETTINGS:
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    return load()


def settings_of(flags: list[str]) -> dict[str, str]:
    """What PostgreSQL's arguments set."""
    return dict(flag.removeprefix("--").split("=", 1) for flag in flags[1:])


def test_it_follows_the_compose_schema(tmp_path: Path) -> None:
    checked = check_schema(COMPOSE)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    misspelled = raw()
    misspelled = {**misspelled, "services": {**misspelled["services"], "redis": {"image": "redis:7", "restrat": "no"}}}
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(yaml.safe_dump(misspelled), encoding="utf-8")
    refused = check_schema(wrong)
    assert refused.returncode == 1
    assert "restrat" in refused.stdout + refused.stderr


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("absent", [True, False], ids=["not set", "empty"])
def test_it_refuses_to_start_without(name: str, absent: bool) -> None:
    values = {key: value for key, value in REQUIRED.items() if key != name}
    with pytest.raises(Missing) as caught:
        compose(**values if absent else {**values, name: ""})
    assert caught.value.name == name
    assert "openssl rand" in caught.value.message


def test_the_example_as_it_stands_does_not_start() -> None:
    with pytest.raises(Missing):
        compose(**documented())


def test_every_variable_is_explained_and_can_be_left_out() -> None:
    used = set(variables(raw()))
    assert used <= documented().keys()
    assert without_default(raw()) == set()
    assert used >= REQUIRED.keys()


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${A}-${B:-b}", "a-b"),
        ("${EMPTY:-b}", "b"),
        ("${EMPTY-b}", ""),
        ("${NONE-b}", "b"),
        ("${NONE}", ""),
        ("$$A", "$A"),
        ("${A:?why}", "a"),
    ],
)
def test_variables_are_read_as_compose_reads_them(text: str, result: str) -> None:
    assert interpolated([text], {"A": "a", "EMPTY": ""}) == [result]


def test_the_services() -> None:
    assert services().keys() == {*OWN, *STORES, "caddy"}
    assert services()["postgres"]["image"] == "pgvector/pgvector:pg16"
    assert services()["redis"]["image"].startswith("redis:7")
    assert services()["server"]["scale"] == 3
    assert services()["worker"]["scale"] == 4
    assert "scale" not in services()["scheduler"]
    assert len({services()[name]["image"] for name in OWN}) == 1
    assert [name for name, service in services().items() if "build" in service] == [ENDS]
    assert not [name for name, service in services().items() if "container_name" in service], "one name, one container"


@pytest.mark.parametrize("name", [*OWN, *STORES, "caddy"])
def test_a_service_is_contained(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid", "devices"} & service.keys()
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert {"max-size", "max-file"} <= service["logging"]["options"].keys()
    assert ("ports" in service) == (name == "caddy")


@pytest.mark.parametrize("name", [*OWN, *STORES, "caddy"])
def test_a_service_is_watched_and_started_again(name: str) -> None:
    service = services()[name]
    ends = name == ENDS
    assert service["restart"] == ("no" if ends else "unless-stopped")
    assert service["healthcheck"].get("disable", False) == ends
    if not ends:
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        assert seconds(service["healthcheck"]["timeout"]) <= seconds(service["healthcheck"]["interval"])


@pytest.mark.parametrize("in_env", [{}, documented()], ids=["little is set", "the example"])
@pytest.mark.parametrize("name", sorted(set(OWN) - {ENDS}))
def test_jarvis_is_given_the_time_to_stop(
    name: str, in_env: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    service = compose(**{**in_env, **REQUIRED})["services"][name]
    settings = loaded({**in_env, **service["environment"]}, monkeypatch, tmp_path)
    assert settings.drain_notice + settings.drain > 0
    assert seconds(service["stop_grace_period"]) > settings.stop_within


def test_what_a_service_waits_for_comes_true() -> None:
    started: set[str] = set()
    waiting = {name: service.get("depends_on", {}) for name, service in services().items()}
    while waiting:
        ready = {name for name, awaited in waiting.items() if awaited.keys() <= started}
        assert ready, f"these wait for each other, or for what is not there: {sorted(waiting)}"
        started |= ready
        waiting = {name: awaited for name, awaited in waiting.items() if name not in ready}
    for service in services().values():
        for name, awaited in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if name == ENDS else "service_healthy"
            assert awaited["condition"] == expected
    for name in set(OWN) - {ENDS}:
        assert services()[name]["depends_on"].keys() == {ENDS, *STORES}


def test_the_stores_cannot_be_reached_from_outside() -> None:
    assert compose(**REQUIRED)["networks"]["store"]["internal"] is True
    assert all(services()[name]["networks"] == ["store"] for name in STORES)
    assert services()["caddy"]["networks"] == ["front"]
    assert all(set(services()[name]["networks"]) == {"store", "front"} for name in OWN)


def test_what_must_last_lies_in_named_volumes() -> None:
    declared = compose(**REQUIRED)["volumes"].keys()
    used = {volume for service in services().values() for volume in names(service.get("volumes", []))}
    assert used == declared
    assert "postgres:/var/lib/postgresql/data" in services()["postgres"]["volumes"]
    for name in OWN:
        assert f"jarvis:{services()[name]['environment']['JARVIS_DATA']}" in services()[name]["volumes"]
    binds = [bind for service in services().values() for bind in service.get("volumes", []) if bind.startswith(".")]
    assert binds
    for bind in binds:
        source, _, mode = bind.split(":")
        assert (COMPOSE.parent / source).is_file(), "Docker would make an empty folder of it"
        assert mode == "ro"


def test_what_people_write_stays_out_of_the_log_of_postgresql() -> None:
    set_to = settings_of(services()["postgres"]["command"])
    assert set_to["log_min_error_statement"] == "panic"
    assert set_to["log_error_verbosity"] == "terse"
    assert set_to["log_min_messages"] == "log"
    assert set_to["log_statement"] == "none"
    assert set_to["log_parameter_max_length"] == set_to["log_parameter_max_length_on_error"] == "0"
    assert not {"fsync", "full_page_writes", "synchronous_commit"} & set_to.keys()


def test_postgresql_takes_all_the_connections_that_may_be_asked_of_it() -> None:
    processes = sum(services()[name].get("scale", 1) for name in OWN)
    apart_from_the_pool = 4
    largest_pool = int(Settings.model_fields["pool_max"].default)
    assert processes * (largest_pool + apart_from_the_pool) <= int(
        settings_of(services()["postgres"]["command"])["max_connections"]
    )


@pytest.mark.parametrize("name", OWN)
def test_the_environment_is_that_of_production(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment: dict[str, Any] = services()[name]["environment"]
    assert all(isinstance(value, str) for value in environment.values())
    settings = loaded({**documented(), **environment}, monkeypatch, tmp_path)
    assert settings.production
    assert not settings.dev_auth
    assert settings.jwt_secret is not None
    assert settings.jwt_secret.get_secret_value() == REQUIRED["JWT_SECRET"]
    assert settings.host == "0.0.0.0"
    assert settings.database_url is not None


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("docs/operations.md", r"save for what the file decides itself: (.*?)\."),
        (".env.example", r"Compose sets (.*?) itself"),
    ],
)
def test_what_it_decides_itself_is_said(file: str, says: str) -> None:
    decided = {
        name
        for name, value in raw()["services"]["server"]["environment"].items()
        if name in SETTINGS and not set(variables(value))
    }
    text = (COMPOSE.parent / file).read_text(encoding="utf-8")
    match = re.search(says, text, re.DOTALL)
    assert match is not None
    assert set(re.findall(r"[A-Z_]{2,}", match[1])) == decided


def test_any_password_reaches_the_database() -> None:
    for name in OWN:
        environment = services()[name]["environment"]
        assert environment["PGPASSWORD"] == REQUIRED["POSTGRES_PASSWORD"]
        assert REQUIRED["POSTGRES_PASSWORD"] not in environment["DATABASE_URL"]
    assert services()["postgres"]["environment"]["POSTGRES_PASSWORD"] == REQUIRED["POSTGRES_PASSWORD"]


def resolve(arguments: list[str]) -> None:
    """Have the command line parse these arguments down to the last command, without running it."""
    command: click.Command = main
    context = click.Context(command, info_name="jarvis", **main.context_settings)
    rest = list(arguments)
    while isinstance(command, click.Group):
        if not rest:
            raise click.UsageError("a command is missing")
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        context = click.Context(found, info_name=name, parent=context)
        command = found
    command.parse_args(context, rest)


@pytest.mark.parametrize("arguments", [["serv"], ["migrate", "sideways"], ["serve", "--no-such-option"], ["migrate"]])
def test_a_command_that_is_none_of_jarvis_is_noticed(arguments: list[str]) -> None:
    with pytest.raises(click.ClickException):
        resolve(arguments)
