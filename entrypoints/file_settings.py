"""Settings of files: where they are kept, and which are taken."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode

from application.files import FileLimits
from entrypoints.setting_types import FileBytes, WebAddress, listed

_LIMITS = FileLimits()


class FileSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    s3_endpoint: WebAddress | None = Field(default=None, validation_alias="S3_ENDPOINT")
    s3_bucket: str = Field(default="", validation_alias="S3_BUCKET")
    s3_region: str = Field(default="us-east-1", min_length=1, validation_alias="S3_REGION")
    s3_key_id: str | None = Field(default=None, validation_alias="S3_ACCESS_KEY_ID")
    s3_secret_key: SecretStr | None = Field(default=None, validation_alias="S3_SECRET_ACCESS_KEY")
    storage: Literal["folder", "s3"] = Field(default="folder", validate_default=True, validation_alias="JARVIS_STORAGE")
    upload_bytes: FileBytes = Field(default=_LIMITS.size, validation_alias="JARVIS_UPLOAD_BYTES")
    upload_types: Annotated[tuple[str, ...], NoDecode, listed(str.lower)] = Field(
        default=_LIMITS.types, min_length=1, validation_alias="JARVIS_UPLOAD_TYPES"
    )
    uploads_waiting: int = Field(default=_LIMITS.waiting, ge=1, le=1_000_000, validation_alias="JARVIS_UPLOADS_WAITING")
    unsent_hours: float = Field(
        default=_LIMITS.unsent / timedelta(hours=1), ge=1, le=24 * 365, validation_alias="JARVIS_UNSENT_HOURS"
    )
    attachments: int = Field(default=_LIMITS.at_once, ge=1, le=100, validation_alias="JARVIS_ATTACHMENTS")
    image_pixels: int = Field(default=40_000_000, ge=10_000, le=1_000_000_000, validation_alias="JARVIS_IMAGE_PIXELS")
    link_secrets: SecretStr | None = Field(default=None, validation_alias="JARVIS_LINK_SECRETS")
    link_days: float = Field(default=3650, gt=0, le=36_500, validation_alias="JARVIS_LINK_DAYS")

    @field_validator("storage")
    @classmethod
    def _has_a_bucket(cls, value: str, info: ValidationInfo) -> str:
        if value == "s3" and not info.data.get("s3_bucket"):
            raise ValueError("needs S3_BUCKET, where files are to be kept")
        return value

    @field_validator("link_secrets")
    @classmethod
    def _are_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and any(len(part.strip()) < 16 for part in value.get_secret_value().split(",")):
            raise ValueError("each must have at least 16 characters, with commas between them")
        return value
