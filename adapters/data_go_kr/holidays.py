"""Holidays from the service for special days (SpcdeInfoService)."""

import logging
import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote, unquote, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from yarl import URL

from domain.errors import HolidaysNotConfigured, HolidaysUnavailable
from domain.holidays import HOLIDAY_KIND, KOREA, Holiday

_log = logging.getLogger(__name__)

_ROWS = 100
_MOST_PAGES = 10
_MOST_BYTES = 1024 * 1024
_WELL = "00"
_NO_DATA = "03"
_REASON = re.compile(r"<(?:returnReasonCode|resultCode)>\s*(\w{1,10})\s*<", re.ASCII)


def _date(value: object) -> object:
    digits = str(value)
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if re.fullmatch(r"\d{8}", digits) else value


def _listed(value: object) -> object:
    # One item comes as an object, none as an empty text.
    if isinstance(value, dict):
        return [value]
    return value or []


def _unwrapped(value: object) -> object:
    return value if isinstance(value, dict) else {}


class _Item(BaseModel):
    day: Annotated[date, BeforeValidator(_date)] = Field(alias="locdate")
    name: str = Field(alias="dateName")
    is_holiday: str = Field(default="Y", alias="isHoliday")
    kind: Annotated[str, BeforeValidator(str)] = Field(default=HOLIDAY_KIND, alias="dateKind")


class _Items(BaseModel):
    item: Annotated[list[_Item], BeforeValidator(_listed)] = Field(default_factory=list)


class _Body(BaseModel):
    items: Annotated[_Items, BeforeValidator(_unwrapped)] = Field(default_factory=_Items)
    total: int = Field(default=0, alias="totalCount")


class _Header(BaseModel):
    code: Annotated[str, BeforeValidator(str)] = Field(alias="resultCode")


class _Response(BaseModel):
    header: _Header
    body: Annotated[_Body, BeforeValidator(_unwrapped)] = Field(default_factory=_Body)


class _Answer(BaseModel):
    response: _Response


class DataGoKrHolidays:
    """HolidayCalendar of Korea. The key may be given as the service shows it, plain or encoded for an address."""

    def __init__(self, base_url: str, key: str | None, *, seconds: float = 8.0) -> None:
        self._address = f"{base_url.rstrip('/')}/getRestDeInfo"
        self._key = unquote(key) if key is not None and "%" in key else key
        self._timeout = ClientTimeout(total=seconds)

    def knows(self, country: str) -> bool:
        return country == KOREA

    async def year(self, country: str, year: int) -> Sequence[Holiday]:
        if not self._key or not self.knows(country):
            raise HolidaysNotConfigured
        items: list[_Item] = []
        async with ClientSession(timeout=self._timeout) as session:
            for page in range(1, _MOST_PAGES + 1):
                body = await self._page(session, year, page)
                items += body.items.item
                if not body.items.item or len(items) >= body.total:
                    break
        return [
            Holiday(item.day, item.name.strip(), item.is_holiday.upper() == "Y", item.kind)
            for item in items
            if item.day.year == year
        ]

    async def _page(self, session: ClientSession, year: int, page: int) -> _Body:
        asked = {"serviceKey": self._key, "solYear": year, "numOfRows": _ROWS, "pageNo": page, "_type": "json"}
        address = URL(f"{self._address}?{urlencode(asked, quote_via=quote, safe='')}", encoded=True)
        try:
            async with session.get(address, headers={"Accept": "application/json"}) as response:
                status, text = response.status, await _read(response.content)
        except (ClientError, TimeoutError, OSError):
            raise HolidaysUnavailable from None
        return _body(status, text)


async def _read(content: Any) -> bytes:
    text = bytearray()
    async for chunk in content.iter_chunked(16 * 1024):
        text += chunk
        if len(text) > _MOST_BYTES:
            raise HolidaysUnavailable
    return bytes(text)


def _body(status: int, text: bytes) -> _Body:
    """What the answer says. Faults come with status 200 as well, as XML whatever was asked for."""
    reason = _REASON.search(text.decode(errors="replace")) if text.lstrip().startswith(b"<") else None
    if status != 200 or reason is not None:
        _log.warning("the holiday service refused with status %d, reason %s", status, reason[1] if reason else "none")
        raise HolidaysUnavailable
    try:
        answered = _Answer.model_validate_json(text).response
    except ValidationError:
        _log.warning("the holiday service answered in a form that is not known")
        raise HolidaysUnavailable from None
    if answered.header.code == _NO_DATA:
        return _Body()
    if answered.header.code != _WELL:
        _log.warning("the holiday service refused with code %.10s", answered.header.code)
        raise HolidaysUnavailable
    return answered.body
