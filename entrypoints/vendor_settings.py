"""Settings of what Jarvis asks of others: addresses that people name, and vendors."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from entrypoints.setting_types import Listed, Seconds, WebAddress

_HOLIDAYS = "https://apis.data.go.kr/B090041/openapi/service/SpcdeInfoService"


class VendorSettings(BaseSettings):
    """Each field is the environment variable of its alias; ``.env.example`` explains them one by one."""

    outbound_allow: Listed = Field(default=(), validation_alias="JARVIS_OUTBOUND_ALLOW")
    vendor_seconds: Seconds = Field(default=8, validation_alias="JARVIS_VENDOR_SECONDS")
    vendor_failures: int = Field(default=5, ge=1, le=1000, validation_alias="JARVIS_VENDOR_FAILURES")
    vendor_rest: Seconds = Field(default=60, validation_alias="JARVIS_VENDOR_REST_SECONDS")
    holiday_key: SecretStr | None = Field(default=None, validation_alias="HOLIDAY_API_KEY")
    holiday_base_url: WebAddress = Field(default=_HOLIDAYS, validation_alias="HOLIDAY_BASE_URL")
    naver_client_id: str | None = Field(default=None, validation_alias="NAVER_CLIENT_ID")
    naver_client_secret: SecretStr | None = Field(default=None, validation_alias="NAVER_CLIENT_SECRET")
    naver_base_url: WebAddress = Field(default="https://openapi.naver.com", validation_alias="NAVER_BASE_URL")
    news_good_for: Seconds = Field(default=300, validation_alias="JARVIS_NEWS_CACHE_SECONDS")
    preview_seconds: Seconds = Field(default=3, validation_alias="JARVIS_PREVIEW_SECONDS")
    preview_bytes: int = Field(default=512 * 1024, ge=1024, le=1 << 26, validation_alias="JARVIS_PREVIEW_BYTES")
    translate_seconds: Seconds = Field(default=60, validation_alias="JARVIS_TRANSLATE_SECONDS")
