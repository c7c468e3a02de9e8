"""The pictures that pages name for those who link to them."""

import asyncio
import logging
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from application.ports.outbound import Bounds, Fetched, Outbound
from domain.errors import DomainError

_log = logging.getLogger(__name__)

_NAMES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "image")
_LONGEST_ADDRESS = 2000
_HEADERS = {"Accept": "text/html,application/xhtml+xml"}


class PagePreviews:
    """PreviewImages from what stands in the head of a page; of a page only the beginning is read."""

    def __init__(self, outbound: Outbound, *, seconds: float = 3.0, size: int = 512 * 1024) -> None:
        self._outbound = outbound
        self._seconds = seconds
        self._bounds = Bounds(size=size, seconds=seconds, cut=True)

    async def of_page(self, url: str) -> str | None:
        try:
            async with asyncio.timeout(self._seconds):
                page = await self._outbound.get(url, bounds=self._bounds, headers=_HEADERS)
                image = _image(page)
                if image is not None:
                    # Readers would fetch it from within their network.
                    await self._outbound.check(image)
                return image
        except (DomainError, TimeoutError) as error:
            _log.debug("a page shows no picture: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 -- pages hold anything, and a picture is not worth a failure
            _log.warning("a page could not be read: %s", type(error).__qualname__)
        return None


def _image(page: Fetched) -> str | None:
    """The address of the first picture that is named, made whole."""
    kind = page.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if page.status != 200 or kind not in {"text/html", "application/xhtml+xml"}:
        return None
    named: dict[str, str] = {}
    for meta in LexborHTMLParser(page.body.decode(errors="replace")).css("meta"):
        name = (meta.attributes.get("property") or meta.attributes.get("name") or "").strip().lower()
        content = (meta.attributes.get("content") or "").strip()
        if content:
            named.setdefault(name, content)
    return next((whole for name in _NAMES if name in named and (whole := _whole(page.url, named[name]))), None)


def _whole(page: str, address: str) -> str | None:
    try:
        whole = urljoin(page, address)
        good = urlsplit(whole).scheme in {"http", "https"} and len(whole) <= _LONGEST_ADDRESS
    except ValueError:
        return None
    return whole if good else None
