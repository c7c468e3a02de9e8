"""Settings of how people get in."""

import json
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from entrypoints.rates import Rate
from entrypoints.setting_types import web_address

_LEAST_MEMORY_KIB = 8 * 1024


_Name = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


def _object(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValueError("must be a JSON object on one line") from None


class OidcProvider(BaseModel):
    """One of ``JARVIS_OIDC``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(pattern=r"^https?://[^/?#]+[^?#]*$")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr | None = None
    label: str = ""
    scope: str = "openid email profile"
    domains: tuple[str, ...] = ()
    trust_email: bool = False

    @field_validator("issuer")
    @classmethod
    def _is_private(cls, value: str) -> str:
        host = urlsplit(value).hostname or ""
        if value.startswith("http://") and host not in {"localhost", "127.0.0.1", "::1"}:
            raise ValueError("must begin with https://")
        return value

    @field_validator("scope")
    @classmethod
    def _asks_who(cls, value: str) -> str:
        if "openid" not in value.split():
            raise ValueError("must hold openid")
        return value

    @field_validator("domains")
    @classmethod
    def _lowered(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(domain.strip().lower().removeprefix("@") for domain in value)


class AccountSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    public_url: Annotated[str, web_address("https://chat.example.com")] | None = Field(
        default=None, validation_alias="JARVIS_PUBLIC_URL"
    )
    registration: Literal["open", "invite", "off"] | None = Field(default=None, validation_alias="JARVIS_REGISTRATION")
    mail_from: str = Field(default="jarvis@localhost", min_length=3, validation_alias="JARVIS_MAIL_FROM")
    access_minutes: float = Field(default=15, ge=1, le=1440, validation_alias="JARVIS_ACCESS_MINUTES")
    session_days: float = Field(default=30, gt=0, le=400, validation_alias="JARVIS_SESSION_DAYS")
    password_memory: Annotated[int, Field(ge=_LEAST_MEMORY_KIB, le=4 * 1024 * 1024)] = Field(
        default=64 * 1024, validation_alias="JARVIS_PASSWORD_MEMORY_KIB"
    )
    password_passes: int = Field(default=3, ge=1, le=100, validation_alias="JARVIS_PASSWORD_PASSES")
    passwords_at_once: int = Field(default=2, ge=1, le=64, validation_alias="JARVIS_PASSWORDS_AT_ONCE")
    oidc: Annotated[dict[_Name, OidcProvider], NoDecode, BeforeValidator(_object)] = Field(
        default_factory=dict, validation_alias="JARVIS_OIDC"
    )
    oidc_seconds: float = Field(default=10, gt=0, le=60, validation_alias="JARVIS_OIDC_SECONDS")
    rate_passwords: Rate = Field(default=(20, 0.05), validation_alias="JARVIS_RATE_PASSWORDS")
    rate_mails: Rate = Field(default=(5, 0.005), validation_alias="JARVIS_RATE_MAILS")

    @property
    def oidc_providers(self) -> list[dict[str, object]]:
        """The providers, each with its name, as they are to be used."""
        return [
            {
                **one.model_dump(exclude={"client_secret", "trust_email"}),
                "name": name,
                "trusts_email": one.trust_email,
                "client_secret": one.client_secret.get_secret_value() if one.client_secret is not None else None,
            }
            for name, one in self.oidc.items()
        ]

    @field_validator("public_url")
    @classmethod
    def _ends_with_no_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value is not None else None
