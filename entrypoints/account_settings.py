"""Settings of how people get in."""

from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from entrypoints.rates import Rate

_LEAST_MEMORY_KIB = 8 * 1024


class AccountSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    public_url: str | None = Field(default=None, validation_alias="JARVIS_PUBLIC_URL")
    registration: Literal["open", "invite", "off"] | None = Field(default=None, validation_alias="JARVIS_REGISTRATION")
    mail_from: str = Field(default="jarvis@localhost", min_length=3, validation_alias="JARVIS_MAIL_FROM")
    access_minutes: float = Field(default=15, ge=1, le=1440, validation_alias="JARVIS_ACCESS_MINUTES")
    session_days: float = Field(default=30, gt=0, le=400, validation_alias="JARVIS_SESSION_DAYS")
    password_memory: Annotated[int, Field(ge=_LEAST_MEMORY_KIB, le=4 * 1024 * 1024)] = Field(
        default=64 * 1024, validation_alias="JARVIS_PASSWORD_MEMORY_KIB"
    )
    password_passes: int = Field(default=3, ge=1, le=100, validation_alias="JARVIS_PASSWORD_PASSES")
    passwords_at_once: int = Field(default=2, ge=1, le=64, validation_alias="JARVIS_PASSWORDS_AT_ONCE")
    rate_passwords: Rate = Field(default=(20, 0.05), validation_alias="JARVIS_RATE_PASSWORDS")
    rate_mails: Rate = Field(default=(5, 0.005), validation_alias="JARVIS_RATE_MAILS")

    @field_validator("public_url")
    @classmethod
    def _is_web_address_of_ours(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https://, as in https://chat.example.com")
        return value.rstrip("/") if value is not None else None
