"""Settings of calls."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from entrypoints.setting_types import Listed


def _beginning_with(*schemes: str) -> AfterValidator:
    def check(urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            if not url.startswith(schemes):
                raise ValueError(f"must be addresses that begin with {' or '.join(schemes)}, with commas between them")
        return urls

    return AfterValidator(check)


class CallSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    stun_urls: Annotated[Listed, _beginning_with("stun:", "stuns:")] = Field(
        default=(), validation_alias="JARVIS_STUN_URLS"
    )
    turn_urls: Annotated[Listed, _beginning_with("turn:", "turns:")] = Field(
        default=(), validation_alias="JARVIS_TURN_URLS"
    )
    turn_secret: SecretStr | None = Field(default=None, validate_default=True, validation_alias="JARVIS_TURN_SECRET")
    turn_seconds: int = Field(default=43_200, ge=60, le=604_800, validation_alias="JARVIS_TURN_SECONDS")

    @field_validator("turn_secret")
    @classmethod
    def _is_there_for_turn(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("turn_urls"):
            raise ValueError("is missing; it is what JARVIS_TURN_URLS have as static-auth-secret")
        return value
