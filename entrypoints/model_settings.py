"""Settings of the language models."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from application.limits import AnswerPace
from application.recordings import RecordingLimits
from domain.speech import LARGEST
from entrypoints.setting_types import Seconds, web_address

_RECORDINGS = RecordingLimits()
ModelName = Annotated[str, Field(min_length=1, max_length=200)]


def _is_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError):
        raise ValueError("must be the name of a time zone, as in Asia/Seoul") from None
    return value


class ModelSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    openai_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: Annotated[str, web_address("http://localhost:11434/v1")] | None = Field(
        default=None, validation_alias="OPENAI_BASE_URL"
    )
    ai_provider: Literal["mock", "openai"] | None = Field(
        default=None, validate_default=True, validation_alias="AI_PROVIDER"
    )
    chat_model: ModelName = Field(default="gpt-4o-mini", validation_alias="OPENAI_MODEL")
    idea_model_: ModelName | None = Field(default=None, validation_alias="OPENAI_IDEA_MODEL")
    translate_model_: ModelName | None = Field(default=None, validation_alias="OPENAI_TRANSLATE_MODEL")
    embedding_model: ModelName = Field(default="text-embedding-3-small", validation_alias="OPENAI_EMBEDDING_MODEL")
    embedding_dimensions: int = Field(default=256, ge=8, le=2000, validation_alias="OPENAI_EMBEDDING_DIMENSIONS")
    remembering: Literal["on", "off"] = Field(default="on", validation_alias="JARVIS_REMEMBERING")
    embedding_batch: int = Field(default=128, ge=1, le=2048, validation_alias="JARVIS_EMBEDDING_BATCH")
    transcribe_model: ModelName = Field(default="whisper-1", validation_alias="OPENAI_TRANSCRIBE_MODEL")
    transcribe_seconds: Seconds = Field(default=300, validation_alias="JARVIS_TRANSCRIBE_SECONDS")
    speech_bytes: int = Field(default=LARGEST, ge=1024, le=LARGEST, validation_alias="JARVIS_SPEECH_BYTES")
    scratch: Path | None = Field(default=None, validation_alias="JARVIS_SCRATCH")
    recording_bytes: int = Field(
        default=_RECORDINGS.size, ge=1024, le=1 << 34, validation_alias="JARVIS_RECORDING_BYTES"
    )
    recording_seconds: Seconds = Field(default=_RECORDINGS.seconds, validation_alias="JARVIS_RECORDING_SECONDS")
    recording_part_seconds: float = Field(
        default=_RECORDINGS.part, ge=5, le=1200, validation_alias="JARVIS_RECORDING_PART_SECONDS"
    )
    model_connect: Seconds = Field(default=5, validation_alias="JARVIS_MODEL_CONNECT_SECONDS")
    model_first: Seconds = Field(default=30, validation_alias="JARVIS_MODEL_FIRST_SECONDS")
    model_stall: Seconds = Field(default=20, validation_alias="JARVIS_MODEL_STALL_SECONDS")
    model_whole: Seconds = Field(default=120, validation_alias="JARVIS_MODEL_WHOLE_SECONDS")
    query_seconds: Seconds = Field(default=3, validation_alias="JARVIS_QUERY_SECONDS")
    model_retries: int = Field(default=2, ge=0, le=10, validation_alias="JARVIS_MODEL_RETRIES")
    summary_tokens: int = Field(default=6000, ge=500, le=1_000_000, validation_alias="JARVIS_SUMMARY_TOKENS")
    time_zone: Annotated[str, AfterValidator(_is_time_zone)] = Field(
        default="Asia/Seoul", validation_alias="JARVIS_TIMEZONE"
    )

    context_tokens: Annotated[int, Field(ge=500, le=1_000_000)] = Field(
        default=AnswerPace().context_tokens, validation_alias="JARVIS_CONTEXT_TOKENS"
    )
    quota_requests: Annotated[int, Field(ge=1)] | None = Field(
        default=1000, validation_alias="JARVIS_QUOTA_REQUESTS_PER_DAY"
    )
    quota_tokens: Annotated[int, Field(ge=1)] | None = Field(
        default=5_000_000, validation_alias="JARVIS_QUOTA_TOKENS_PER_DAY"
    )

    @property
    def ai(self) -> Literal["mock", "openai"]:
        """Who answers: as set, else openai where there is a key, and the mock where there is none."""
        return self.ai_provider or ("mock" if self.openai_key is None else "openai")

    @property
    def idea_model(self) -> str:
        """The model that makes cards and reports."""
        return self.idea_model_ or self.chat_model

    @property
    def model_longest(self) -> float:
        """How many seconds an answer in a given form may take, with all that is tried again and its repair."""
        return 2 * (self.model_retries + 1) * (self.model_whole + 30)

    @property
    def transcribe_longest(self) -> float:
        """How many seconds writing down one recording may take, with all that is tried again."""
        return (self.model_retries + 1) * (self.transcribe_seconds + 30)

    @property
    def translate_model(self) -> str:
        """The model that translates."""
        return self.translate_model_ or self.chat_model

    @property
    def openai_secret(self) -> str:
        """The key; a server of one's own may want none."""
        return "" if self.openai_key is None else self.openai_key.get_secret_value()

    @field_validator("ai_provider")
    @classmethod
    def _can_be_asked(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value == "openai" and not (info.data.get("openai_key") or info.data.get("openai_base_url")):
            raise ValueError("is openai, which needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server that wants no key")
        return value
