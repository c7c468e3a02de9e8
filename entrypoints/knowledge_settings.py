"""Settings of what rooms know."""

from pydantic import Field
from pydantic_settings import BaseSettings

from domain.ideas import CardLimits

_LIMITS = CardLimits()


class KnowledgeSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    card_title: int = Field(default=_LIMITS.title, ge=61, le=10_000, validation_alias="JARVIS_CARD_TITLE_LENGTH")
    card_bytes: int = Field(default=_LIMITS.text, ge=1024, le=1 << 24, validation_alias="JARVIS_CARD_BYTES")
