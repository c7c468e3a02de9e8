"""What is read from outside, and how it is refused."""

from pathlib import Path

import pytest

from entrypoints.settings import BadSettings, Settings, load
from tests.jarvis_process import SETTINGS, run

GOOD_SECRET = "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set, and the current folder has no .env."""
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


def faults(**overrides: object) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        load(**overrides)
    assert str(caught.value) == "\n".join(caught.value.faults)
    return caught.value.faults


def test_nothing_set_is_a_machine_of_ones_own() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8080, Path(".jarvis"))
    assert not settings.production
    assert settings.database_url is None
    assert settings.jwt_secret is None
    assert settings.message_bytes == 64 * 1024
    assert settings.frame_bytes == 24 * 1024 * 1024
    assert settings.hello_frame_bytes == 512 * 1024
    assert settings.title_length == 200
    assert settings.token_days == 7


def test_every_fault_is_named_at_once_and_how_to_mend_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "NODE_ENV": "production",
        "JWT_SECRET": "short",
        "PORT": "99999",
        "DATABASE_URL": "mysql://somewhere",
        "DATABASE_POOL_MIN": "11",
        "JARVIS_LOG_LEVEL": "loud",
        "JARVIS_FRAME_BYTES": "many",
        "JARVIS_ANSWER_LEASE_SECONDS": "0",
        "AI_PROVIDER": "oracle",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    found = faults()
    mended_by = {
        "JWT_SECRET": "at least 32 random characters",
        "PORT": "65535",
        "DATABASE_URL": "must begin with postgresql://",
        "DATABASE_POOL_MAX": "must not be smaller than DATABASE_POOL_MIN",
        "JARVIS_LOG_LEVEL": "'debug', 'info', 'warning' or 'error'",
        "JARVIS_FRAME_BYTES": "integer",
        "JARVIS_ANSWER_LEASE_SECONDS": "greater than or equal to 1",
        "AI_PROVIDER": "'mock'",
    }
    assert {fault.partition(":")[0] for fault in found} == set(mended_by)
    for name, advice in mended_by.items():
        [fault] = [fault for fault in found if fault.startswith(f"{name}: ")]
        assert advice in fault


def test_the_environment_may_only_be_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_ENV", "staging")
    [fault] = faults()
    assert fault.startswith("JARVIS_ENV or NODE_ENV: ")
    assert "'production'" in fault


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "only-a-little-short-9f3k2j1v8x7",
        "a" * 64,
        "change-me-change-me-change-me-0123456789",
        "jarvis-default-jwt-k3Jq9vXw7Lz0pRt5sYb2",
        "your-256-bit-key-k3Jq9vXw7Lz0pRt5sYb2nM",
    ],
)
def test_production_refuses_a_missing_short_or_default_secret(
    secret: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if secret is not None:
        monkeypatch.setenv("JWT_SECRET", secret)
    assert not load().production
    monkeypatch.setenv("JARVIS_ENV", "production")
    [fault] = faults()
    assert fault.startswith("JWT_SECRET: ")
    assert "openssl rand" in fault
    assert not secret or secret not in fault


@pytest.mark.parametrize("name", ["JARVIS_ENV", "NODE_ENV"])
def test_production_starts_with_a_good_secret(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "production")
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    settings = load()
    assert settings.production
    assert not settings.dev_auth


def test_jarvis_env_wins_over_node_env(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_ENV", "production")
    monkeypatch.setenv("JARVIS_ENV", "development")
    assert not load().production


def test_what_is_empty_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
    assert load() == Settings()
    assert load().port == 8080
    monkeypatch.setenv("NODE_ENV", "production")
    [fault] = faults()
    assert fault.startswith("JWT_SECRET: is missing")


def test_a_file_is_read_and_the_environment_wins_over_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nHOST=0.0.0.0\nSOMETHING_ELSE=1\nDATABASE_URL=\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "9002")
    settings = load()
    assert (settings.port, settings.host, settings.database_url) == (9002, "0.0.0.0", None)


def test_the_rules_of_production_hold_for_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NODE_ENV=production\nJWT_SECRET=\n", encoding="utf-8")
    [fault] = faults(port=0)
    assert fault.startswith("JWT_SECRET: is missing")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"JWT_SECRET=hush\xff\n")
    [fault] = faults()
    assert fault.startswith(".env: ")
    assert "hush" not in fault


def test_origins_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGIN", " https://a.example/ ,null,, http://localhost:5173")
    assert load().cors_origins == ("https://a.example", "null", "http://localhost:5173")


def test_the_pool_may_not_be_smaller_than_its_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_POOL_MAX", "1")
    [fault] = faults()
    assert fault == "DATABASE_POOL_MAX: must not be smaller than DATABASE_POOL_MIN, which is 2"


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://jarvis:hunter2@db/jarvis")
    settings = load()
    for shown in (str(settings), repr(settings), settings.model_dump_json()):
        assert GOOD_SECRET not in shown
        assert "hunter2" not in shown


def test_the_command_ends_with_status_2_and_shows_no_secret(tmp_path: Path) -> None:
    ended = run(
        "serve",
        folder=tmp_path,
        NODE_ENV="production",
        JWT_SECRET="tiny-private-key",
        DATABASE_URL="mysql://jarvis:hunter2@db/jarvis",
        PORT="http",
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    heading, *lines = ended.stderr.splitlines()
    assert heading == "Jarvis cannot start:"
    assert sorted(line.strip().partition(":")[0] for line in lines) == ["DATABASE_URL", "JWT_SECRET", "PORT"]
    assert "hunter2" not in ended.stderr
    assert "tiny-private-key" not in ended.stderr


@pytest.mark.parametrize(
    ("environment", "log_format", "notice", "drain"), [("development", "text", 0, 0), ("production", "json", 5, 3)]
)
def test_production_writes_for_machines_and_stops_gently(
    monkeypatch: pytest.MonkeyPatch, environment: str, log_format: str, notice: float, drain: float
) -> None:
    monkeypatch.setenv("JARVIS_ENV", environment)
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    settings = load()
    assert (settings.log_format, settings.drain_notice, settings.drain) == (log_format, notice, drain)
    assert settings.stop_within == settings.stop + notice + drain
    settings = load(JARVIS_LOG_FORMAT="text", JARVIS_DRAIN_NOTICE_SECONDS=0, JARVIS_DRAIN_SECONDS=1.5)
    assert (settings.log_format, settings.drain_notice, settings.drain) == ("text", 0, 1.5)


def test_all_secrets_are_known_and_the_passwords_in_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://jarvis:p%40ssword@db/jarvis")
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "https://hooks.example.com/services/T0/key")
    secrets = load().secrets
    assert {GOOD_SECRET, "p%40ssword", "p@ssword", "https://hooks.example.com/services/T0/key"} <= {*secrets}


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        ({"SLACK_WEBHOOK_URL": "hooks.example.com/key"}, "SLACK_WEBHOOK_URL: must begin with https://"),
        ({"SMTP_URL": "mail:25", "ALERT_MAIL_TO": "ops@example.com"}, "SMTP_URL: must begin with smtp:// or smtps://"),
        ({"JARVIS_PUBLIC_URL": "chat.example.com"}, "JARVIS_PUBLIC_URL: must begin with https://"),
        ({"S3_ENDPOINT": "minio:9000"}, "S3_ENDPOINT: must begin with https:// or http://"),
        ({"OPENAI_BASE_URL": "localhost/v1"}, "OPENAI_BASE_URL: must begin with https:// or http://, as in http://loc"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT: must begin with https://"),
        ({"JARVIS_REGISTRATION": "maybe"}, "JARVIS_REGISTRATION: "),
        ({"JARVIS_OIDC": "{hush"}, "JARVIS_OIDC: must be a JSON object"),
        ({"JARVIS_OIDC": "[]"}, "JARVIS_OIDC: "),
        ({"JARVIS_OIDC": '{"a": {"issuer": "http://corp.example", "client_id": "i"}}'}, "JARVIS_OIDC: must begin with"),
        ({"JARVIS_OIDC": '{"a": {"issuer": "https://corp.example"}}'}, "JARVIS_OIDC: field required"),
        ({"JARVIS_OIDC": '{"A/b": {"issuer": "https://a.example", "client_id": "i"}}'}, "JARVIS_OIDC: "),
        (
            {"JARVIS_OIDC": '{"a": {"issuer": "https://a.example", "client_id": "i", "scope": "email"}}'},
            "JARVIS_OIDC: must hold openid",
        ),
        ({"JARVIS_PASSWORD_MEMORY_KIB": "100"}, "JARVIS_PASSWORD_MEMORY_KIB: "),
        ({"ALERT_MAIL_TO": "ops@example.com"}, "SMTP_URL: is missing"),
        ({"JARVIS_DRAIN_SECONDS": "-1"}, "JARVIS_DRAIN_SECONDS: "),
        ({"JARVIS_METRICS_PORT": "70000"}, "JARVIS_METRICS_PORT: "),
        ({"JARVIS_LOG_FORMAT": "xml"}, "JARVIS_LOG_FORMAT: "),
        ({"NAVER_BASE_URL": "openapi.naver.com"}, "NAVER_BASE_URL: must begin with https:// or http://"),
        ({"HOLIDAY_BASE_URL": "ftp://apis.data.go.kr"}, "HOLIDAY_BASE_URL: must begin with https:// or http://"),
        ({"JARVIS_VENDOR_FAILURES": "0"}, "JARVIS_VENDOR_FAILURES: "),
        ({"JARVIS_VENDOR_SECONDS": "0"}, "JARVIS_VENDOR_SECONDS: "),
    ],
)
def test_what_cannot_work_is_refused(wrong: dict[str, str], advice: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    [fault] = faults()
    assert fault.startswith(advice)


def test_several_processes_show_their_metrics_at_ports_of_their_own() -> None:
    assert load().for_process(2) == {}
    assert load(JARVIS_METRICS_PORT=9100).for_process(2) == {"JARVIS_METRICS_PORT": "9102"}


def test_exceptions_for_calls_to_the_outside_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().outbound_allow == ()
    monkeypatch.setenv("JARVIS_OUTBOUND_ALLOW", " 10.1.0.0/16, wiki.example.com,, .corp.example.com")
    assert load().outbound_allow == ("10.1.0.0/16", "wiki.example.com", ".corp.example.com")


def test_providers_are_read_and_their_secrets_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "JARVIS_OIDC",
        '{"corp": {"issuer": "https://id.example/realm", "client_id": "jarvis", "client_secret": "hush-hush", '
        '"domains": ["@Corp.example"], "trust_email": true}}',
    )
    settings = load()
    [corp] = settings.oidc_providers
    assert corp == {
        "name": "corp", "issuer": "https://id.example/realm", "client_id": "jarvis", "client_secret": "hush-hush",
        "label": "", "scope": "openid email profile", "domains": ("corp.example",), "trusts_email": True,
    }  # fmt: skip
    assert "hush-hush" in settings.secrets
    assert "hush-hush" not in repr(settings)


@pytest.mark.parametrize(
    ("environment", "set_to", "policy"),
    [("development", None, "open"), ("production", None, "invite"), ("production", "open", "open")],
)
def test_who_may_register_depends_on_where_it_runs(
    monkeypatch: pytest.MonkeyPatch, environment: str, set_to: str | None, policy: str
) -> None:
    monkeypatch.setenv("JARVIS_ENV", environment)
    monkeypatch.setenv("JWT_SECRET", GOOD_SECRET)
    if set_to is not None:
        monkeypatch.setenv("JARVIS_REGISTRATION", set_to)
    assert load().registration_policy == policy
    assert load().home == "http://localhost:8080"
    assert load(JARVIS_PUBLIC_URL="https://chat.example.com/").home == "https://chat.example.com"


def test_relays_need_the_secret_that_they_share() -> None:
    [fault] = faults(JARVIS_TURN_URLS="turn:turn.example.com:3478")
    assert fault.startswith("JARVIS_TURN_SECRET: is missing")
    [fault] = faults(JARVIS_TURN_URLS="https://turn.example.com", JARVIS_TURN_SECRET="north")
    assert fault.startswith("JARVIS_TURN_URLS: must be addresses")


def test_a_bucket_is_needed_where_files_are_in_one() -> None:
    assert (load().storage, load().upload_types) == ("folder", ("*",))
    assert any("needs S3_BUCKET" in fault for fault in faults(JARVIS_STORAGE="s3"))
    assert load(JARVIS_STORAGE="s3", S3_BUCKET="files").storage == "s3"


def test_secrets_of_addresses_are_long_and_never_shown() -> None:
    assert any("at least 16 characters" in fault for fault in faults(JARVIS_LINK_SECRETS=f"{'a' * 16},short"))
    settings = load(JARVIS_LINK_SECRETS=f"{'a' * 16}, {'b' * 16}", S3_SECRET_ACCESS_KEY="the key of the bucket")
    assert {"a" * 16, "b" * 16, "the key of the bucket"} <= set(settings.secrets)


def test_types_of_files_are_a_list() -> None:
    assert load(JARVIS_UPLOAD_TYPES="image/*, Application/PDF").upload_types == ("image/*", "application/pdf")
