"""Everything that can be set from outside, read from the environment or ``.env`` and checked before anything starts."""

import os
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from application.limits import REST_BODY, AnswerPace, Limits
from entrypoints.account_settings import AccountSettings
from entrypoints.calendar_settings import CalendarSettings
from entrypoints.call_settings import CallSettings
from entrypoints.file_settings import FileSettings
from entrypoints.hook_settings import HookSettings
from entrypoints.knowledge_settings import KnowledgeSettings
from entrypoints.model_settings import ModelSettings
from entrypoints.rates import Rate
from entrypoints.setting_types import Bytes, Count, Listed, Seconds, listed, web_address
from entrypoints.vendor_settings import VendorSettings

SECRET_LENGTH = 32
_REDIS = ("redis://", "rediss://", "unix://", "redis+cluster://", "rediss+cluster://")
_PLACEHOLDERS = ("change", "secret", "default", "example", "password", "your-", "dev-", "test")

_LIMITS, _PACE = Limits(), AnswerPace()
_without_last_slashes = listed(lambda part: part.rstrip("/"))


class ProductionRules(BaseSettings):
    """What production asks for, checked also where something else is wrong."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    environment: Literal["development", "production", "test"] = Field(
        default="development", validation_alias=AliasChoices("JARVIS_ENV", "NODE_ENV")
    )
    jwt_secret: SecretStr | None = Field(default=None, validation_alias="JWT_SECRET")
    cors_origins: Annotated[tuple[str, ...], NoDecode, _without_last_slashes] = Field(
        default=(), validation_alias="CORS_ORIGIN"
    )

    @property
    def production(self) -> bool:
        """Whether the rules of production hold."""
        return self.environment == "production"

    @field_validator("jwt_secret")
    @classmethod
    def _no_surrogates(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            try:
                value.get_secret_value().encode()
            except UnicodeEncodeError:
                raise ValueError("must be UTF-8 text") from None
        return value

    def faults(self) -> list[str]:
        """What production does not allow, a line each."""
        faults = []
        if self.production:
            if "*" in self.cors_origins:
                faults.append("CORS_ORIGIN: must not be * in production; name the origins, with commas between them")
            secret = self.jwt_secret.get_secret_value() if self.jwt_secret else ""
            advice = f"set at least {SECRET_LENGTH} random characters, e.g. from: openssl rand -base64 48"
            if not secret:
                faults.append(f"JWT_SECRET: is missing; {advice}")
            elif len(secret) < SECRET_LENGTH:
                faults.append(f"JWT_SECRET: has only {len(secret)} characters; {advice}")
            elif _is_guessable(secret):
                faults.append(f"JWT_SECRET: is a default or easy to guess; {advice}")
        return faults


class Settings(
    AccountSettings,
    CalendarSettings,
    CallSettings,
    FileSettings,
    HookSettings,
    KnowledgeSettings,
    ModelSettings,
    VendorSettings,
    ProductionRules,
):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    host: str = Field(default="127.0.0.1", min_length=1, validation_alias="HOST")
    port: int = Field(default=8080, ge=0, le=65_535, validation_alias="PORT")
    data: Path = Field(default=Path(".jarvis"), validation_alias="JARVIS_DATA")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", validation_alias="JARVIS_LOG_LEVEL")

    log_format_: Literal["text", "json"] | None = Field(default=None, validation_alias="JARVIS_LOG_FORMAT")
    metrics_token: SecretStr | None = Field(default=None, validation_alias="JARVIS_METRICS_TOKEN")
    metrics_port: int | None = Field(default=None, ge=0, le=65_535, validation_alias="JARVIS_METRICS_PORT")
    slack_webhook: Annotated[SecretStr, web_address()] | None = Field(
        default=None, validation_alias="SLACK_WEBHOOK_URL"
    )
    alert_mail_to: Listed = Field(default=(), validation_alias="ALERT_MAIL_TO")
    alert_mail_from: str = Field(default="jarvis@localhost", validation_alias="ALERT_MAIL_FROM")
    smtp_url: SecretStr | None = Field(default=None, validate_default=True, validation_alias="SMTP_URL")
    alert_pause: Seconds = Field(default=900, validation_alias="JARVIS_ALERT_PAUSE_SECONDS")
    otlp_endpoint: Annotated[str, web_address("http://localhost:4318")] | None = Field(
        default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT"
    )
    alert_after: Seconds = Field(default=30, validation_alias="JARVIS_ALERT_AFTER_SECONDS")

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    pool_min: Count = Field(default=2, validation_alias="DATABASE_POOL_MIN")
    pool_max: Count = Field(default=10, validate_default=True, validation_alias="DATABASE_POOL_MAX")
    pool_timeout: Seconds = Field(default=5, validation_alias="DATABASE_POOL_TIMEOUT_SECONDS")
    statement_timeout: Seconds = Field(default=30, validation_alias="DATABASE_STATEMENT_TIMEOUT_SECONDS")
    batch: Count = Field(default=1024, validation_alias="JARVIS_BATCH")

    redis_url: SecretStr | None = Field(default=None, validation_alias="REDIS_URL")
    pubsub_channel: str = Field(default="jarvis_room_events", min_length=1, validation_alias="PUBSUB_CHANNEL")
    queue: str = Field(default="jarvis_ai_jobs", min_length=1, validation_alias="AI_QUEUE_NAME")

    token_days: float = Field(default=7, gt=0, le=365, validation_alias="JARVIS_TOKEN_DAYS")
    dev_auth: bool = Field(default=False, validation_alias="JARVIS_DEV_AUTH")

    mock_pause: float = Field(default=0.05, ge=0, le=60, validation_alias="JARVIS_MOCK_PAUSE_SECONDS")
    answer_lease: float = Field(
        default=_PACE.lease.total_seconds(), ge=1, le=3600, validation_alias="JARVIS_ANSWER_LEASE_SECONDS"
    )
    answer_attempts: Count = Field(default=_PACE.attempts, validation_alias="JARVIS_ANSWER_ATTEMPTS")
    answer_pause: Seconds = Field(
        default=_PACE.first_pause.total_seconds(), validation_alias="JARVIS_ANSWER_PAUSE_SECONDS"
    )
    answer_talk: Count = Field(default=_PACE.talk, validation_alias="JARVIS_ANSWER_TALK")
    answers_at_once: Count = Field(default=16, validation_alias="JARVIS_ANSWERS_AT_ONCE")
    sweep: Seconds = Field(default=5, validation_alias="JARVIS_SWEEP_SECONDS")

    message_bytes: Bytes = Field(default=_LIMITS.message_text, validation_alias="JARVIS_MESSAGE_BYTES")
    prompt_bytes: Bytes = Field(default=_LIMITS.prompt, validation_alias="JARVIS_PROMPT_BYTES")
    title_length: Count = Field(default=_LIMITS.title, validation_alias="JARVIS_TITLE_LENGTH")
    invite_limit: Count = Field(default=_LIMITS.invited_at_once, validation_alias="JARVIS_INVITE_LIMIT")
    rate_limits: Literal["on", "off"] = Field(default="on", validation_alias="JARVIS_RATE_LIMITS")
    rate_sign_ins: Rate = Field(default=(300, 5.0), validation_alias="JARVIS_RATE_SIGN_INS")
    rate_sends: Rate = Field(default=(500, 60.0), validation_alias="JARVIS_RATE_SENDS")
    rate_questions: Rate = Field(default=(60, 1.0), validation_alias="JARVIS_RATE_QUESTIONS")
    rate_calls: Rate = Field(default=(1000, 100.0), validation_alias="JARVIS_RATE_CALLS")
    rate_address: Rate = Field(default=(5000, 500.0), validation_alias="JARVIS_RATE_ADDRESS")
    proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, listed()] = Field(
        default=(), validation_alias="JARVIS_TRUSTED_PROXIES"
    )

    body_bytes: Bytes = Field(default=REST_BODY, validation_alias="JARVIS_BODY_BYTES")
    frame_bytes: Bytes = Field(default=24 * 1024 * 1024, validation_alias="JARVIS_FRAME_BYTES")
    hello_frame_bytes: Bytes = Field(default=512 * 1024, validation_alias="JARVIS_HELLO_FRAME_BYTES")
    socket_buffer_bytes: Bytes = Field(default=4 * 1024 * 1024, validation_alias="JARVIS_SOCKET_BUFFER_BYTES")
    sends_ahead: Count = Field(default=1024, validation_alias="JARVIS_SENDS_AHEAD")
    replay_page: Count = Field(default=_LIMITS.replay_page, validation_alias="JARVIS_REPLAY_PAGE")
    hello_seconds: Seconds = Field(default=10, validation_alias="JARVIS_HELLO_SECONDS")
    heartbeat: float = Field(default=30, ge=0, le=3600, validation_alias="JARVIS_HEARTBEAT_SECONDS")
    compare: Seconds = Field(default=5, validation_alias="JARVIS_COMPARE_SECONDS")
    look: Seconds = Field(default=1, validation_alias="JARVIS_LOOK_SECONDS")
    presence_lease: float = Field(default=40, ge=1, le=600, validation_alias="JARVIS_PRESENCE_LEASE_SECONDS")
    stop: float = Field(default=10, ge=1, le=600, validation_alias="JARVIS_STOP_SECONDS")

    drain_notice_: float | None = Field(default=None, ge=0, le=600, validation_alias="JARVIS_DRAIN_NOTICE_SECONDS")
    drain_: float | None = Field(default=None, ge=0, le=600, validation_alias="JARVIS_DRAIN_SECONDS")

    @property
    def shared_by(self) -> Literal["memory", "redis"]:
        """What servers and workers hear one another through: a Redis, or the memory of the one process there is."""
        return "memory" if self.redis_url is None else "redis"

    @property
    def redis_address(self) -> str:
        """The address of Redis; its usual one where none is set, and then nobody asks for it."""
        return "redis://localhost:6379/0" if self.redis_url is None else self.redis_url.get_secret_value()

    @property
    def home(self) -> str:
        """Where people find Jarvis: what links that are sent to them begin with."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def registration_policy(self) -> Literal["open", "invite", "off"]:
        """Who may make an account: in production those who are invited, where nothing else is set."""
        return self.registration or ("invite" if self.production else "open")

    @property
    def log_format(self) -> Literal["text", "json"]:
        """How log lines look: JSON in production where nothing else is set."""
        return self.log_format_ or ("json" if self.production else "text")

    @property
    def drain_notice(self) -> float:
        """Seconds in which a balancer may notice that this server is about to stop."""
        return (5.0 if self.production else 0.0) if self.drain_notice_ is None else self.drain_notice_

    @property
    def drain(self) -> float:
        """Seconds over which sockets are closed."""
        return (3.0 if self.production else 0.0) if self.drain_ is None else self.drain_

    @property
    def stop_within(self) -> float:
        """Seconds from the signal to the end of a server, at the most."""
        return self.drain_notice + self.drain + self.stop

    def for_process(self, number: int) -> dict[str, str]:
        """What is to be set otherwise for one of several processes on this machine, counted from 0."""
        return {} if not self.metrics_port else {"JARVIS_METRICS_PORT": str(self.metrics_port + number)}

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that must never be shown."""
        values = (getattr(self, name) for name in type(self).model_fields)
        secrets = [value.get_secret_value() for value in values if isinstance(value, SecretStr)]
        secrets += [one.client_secret.get_secret_value() for one in self.oidc.values() if one.client_secret is not None]
        if self.link_secrets is not None:
            secrets += [part.strip() for part in self.link_secrets.get_secret_value().split(",")]
        passwords = [password for secret in secrets if (password := _password_in(secret))]
        return (*secrets, *passwords, *map(unquote, passwords))

    @field_validator("otlp_endpoint")
    @classmethod
    def _can_be_sent_to(cls, value: str | None) -> str | None:
        if value is not None and find_spec("opentelemetry") is None:
            raise ValueError('needs the extra "otel": pip install "jarvis[otel]"')
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_mail_server(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        recipients = info.data.get("alert_mail_to", ())
        if value is None:
            if recipients:
                raise ValueError("is missing, so no mail can be sent to ALERT_MAIL_TO")
        elif not value.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("must begin with smtp:// or smtps://, as in smtp://user:password@mail.example.com:587")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgres://", "postgresql://")):
            raise ValueError("must begin with postgresql://, as in postgresql://user:password@host:5432/jarvis")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(_REDIS):
            raise ValueError("must begin with redis://, rediss://, unix:// or redis+cluster://")
        return value

    @field_validator("pool_max")
    @classmethod
    def _holds_the_smallest_pool(cls, value: int, info: ValidationInfo) -> int:
        smallest = info.data.get("pool_min", 0)
        if value < smallest:
            raise ValueError(f"must not be smaller than DATABASE_POOL_MIN, which is {smallest}")
        return value


class BadSettings(Exception):
    """Settings that cannot be used. ``faults`` names each, and how to mend it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load(**overrides: object) -> Settings:
    """The settings of this process. Raises BadSettings naming everything that is wrong; never shows a secret."""
    faults: list[str] = []
    settings = None
    try:
        settings = Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        faults += [_line(fault["loc"], fault["msg"]) for fault in error.errors(include_input=False)]
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings([f".env: cannot be read as UTF-8 text: {_reason(error)}"]) from None
    with suppress(ValidationError):
        faults += ProductionRules().faults()
    if settings is None or faults:
        raise BadSettings(faults)
    return settings


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with these changes, for one that it starts."""
    return {**os.environ, **changes}


def _password_in(address: str) -> str | None:
    with suppress(ValueError):
        return urlsplit(address).password
    return None


def _is_guessable(secret: str) -> bool:
    lowered = secret.lower()
    return len(set(secret)) < 8 or any(placeholder in lowered for placeholder in _PLACEHOLDERS)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    # The error's own text would quote what could not be decoded, a secret perhaps.
    return f"byte {error.start}" if isinstance(error, UnicodeDecodeError) else error.strerror or type(error).__name__


def _line(location: tuple[int | str, ...], message: str) -> str:
    message = message.removeprefix("Value error, ")
    if not location:
        return message
    return f"{_variables(str(location[0]))}: {message[:1].lower()}{message[1:]}"


def _variables(known_by: str) -> str:
    """The variables that set a field, which is known by its own name or by one of them."""
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variables = [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else [str(alias)]
        if known_by in {name, *variables}:
            return " or ".join(variables)
    return known_by
