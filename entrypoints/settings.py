"""Everything that can be set from outside, read from the environment or ``.env`` and checked before anything starts."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SECRET_LENGTH = 32
_PLACEHOLDERS = ("change", "secret", "default", "example", "password", "your-", "dev-", "test")

Bytes = Annotated[int, Field(ge=1024, le=1 << 30)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]


class ProductionRules(BaseSettings):
    """What production asks for, checked also where something else is wrong."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", populate_by_name=True
    )

    environment: Literal["development", "production", "test"] = Field(
        default="development", validation_alias=AliasChoices("JARVIS_ENV", "NODE_ENV")
    )
    jwt_secret: SecretStr | None = Field(default=None, validation_alias="JWT_SECRET")

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
            secret = self.jwt_secret.get_secret_value() if self.jwt_secret else ""
            advice = f"set at least {SECRET_LENGTH} random characters, e.g. from: openssl rand -base64 48"
            if not secret:
                faults.append(f"JWT_SECRET: is missing; {advice}")
            elif len(secret) < SECRET_LENGTH:
                faults.append(f"JWT_SECRET: has only {len(secret)} characters; {advice}")
            elif _is_guessable(secret):
                faults.append(f"JWT_SECRET: is a default or easy to guess; {advice}")
        return faults


class Settings(ProductionRules):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    host: str = Field(default="127.0.0.1", min_length=1, validation_alias="HOST")
    port: int = Field(default=8080, ge=0, le=65_535, validation_alias="PORT")
    data: Path = Field(default=Path(".jarvis"), validation_alias="JARVIS_DATA")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", validation_alias="JARVIS_LOG_LEVEL")

    database_url: SecretStr | None = Field(default=None, validation_alias="DATABASE_URL")
    pool_min: Count = Field(default=2, validation_alias="DATABASE_POOL_MIN")
    pool_max: Count = Field(default=10, validate_default=True, validation_alias="DATABASE_POOL_MAX")
    pool_timeout: Seconds = Field(default=5, validation_alias="DATABASE_POOL_TIMEOUT_SECONDS")
    statement_timeout: Seconds = Field(default=30, validation_alias="DATABASE_STATEMENT_TIMEOUT_SECONDS")
    batch: Count = Field(default=1024, validation_alias="JARVIS_BATCH")

    token_days: float = Field(default=7, gt=0, le=365, validation_alias="JARVIS_TOKEN_DAYS")
    dev_auth: bool = Field(default=False, validation_alias="JARVIS_DEV_AUTH")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(default=(), validation_alias="CORS_ORIGIN")

    ai_provider: Literal["mock"] = Field(default="mock", validation_alias="AI_PROVIDER")
    answer_lease: float = Field(default=15, ge=1, le=3600, validation_alias="JARVIS_ANSWER_LEASE_SECONDS")
    answer_attempts: Count = Field(default=5, validation_alias="JARVIS_ANSWER_ATTEMPTS")
    answer_talk: Count = Field(default=40, validation_alias="JARVIS_ANSWER_TALK")
    answers_at_once: Count = Field(default=16, validation_alias="JARVIS_ANSWERS_AT_ONCE")
    sweep: Seconds = Field(default=5, validation_alias="JARVIS_SWEEP_SECONDS")

    message_bytes: Bytes = Field(default=64 * 1024, validation_alias="JARVIS_MESSAGE_BYTES")
    prompt_bytes: Bytes = Field(default=16 * 1024, validation_alias="JARVIS_PROMPT_BYTES")
    title_length: Count = Field(default=200, validation_alias="JARVIS_TITLE_LENGTH")
    invite_limit: Count = Field(default=1000, validation_alias="JARVIS_INVITE_LIMIT")
    body_bytes: Bytes = Field(default=1024 * 1024, validation_alias="JARVIS_BODY_BYTES")
    frame_bytes: Bytes = Field(default=24 * 1024 * 1024, validation_alias="JARVIS_FRAME_BYTES")
    hello_frame_bytes: Bytes = Field(default=512 * 1024, validation_alias="JARVIS_HELLO_FRAME_BYTES")
    socket_buffer_bytes: Bytes = Field(default=4 * 1024 * 1024, validation_alias="JARVIS_SOCKET_BUFFER_BYTES")
    sends_ahead: Count = Field(default=1024, validation_alias="JARVIS_SENDS_AHEAD")
    replay_page: Count = Field(default=500, validation_alias="JARVIS_REPLAY_PAGE")
    hello_seconds: Seconds = Field(default=10, validation_alias="JARVIS_HELLO_SECONDS")
    heartbeat: float = Field(default=30, ge=0, le=3600, validation_alias="JARVIS_HEARTBEAT_SECONDS")
    compare: Seconds = Field(default=5, validation_alias="JARVIS_COMPARE_SECONDS")
    look: Seconds = Field(default=1, validation_alias="JARVIS_LOOK_SECONDS")
    stop: float = Field(default=10, ge=1, le=600, validation_alias="JARVIS_STOP_SECONDS")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgres://", "postgresql://")):
            raise ValueError("must begin with postgresql://, as in postgresql://user:password@host:5432/jarvis")
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
