"""Settings of what rooms know."""

from pydantic import Field
from pydantic_settings import BaseSettings


class KnowledgeSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    card_title: int = Field(default=200, ge=61, le=10_000, validation_alias="JARVIS_CARD_TITLE_LENGTH")
    card_bytes: int = Field(default=128 * 1024, ge=1024, le=1 << 24, validation_alias="JARVIS_CARD_BYTES")
