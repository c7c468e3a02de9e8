"""What a request says of the one who makes it."""

import re

from aiohttp import web

from adapters.http.addresses import client_address
from adapters.http.keys import PROXIES
from application.letters import Language
from domain.sessions import Device

_WEIGHED = re.compile(r"\s*([a-z]+)[a-z0-9-]*\s*(?:;\s*q=([0-9.]+))?", re.IGNORECASE | re.ASCII)


def device_of(request: web.Request) -> Device:
    """What somebody signs in from, by what it calls itself."""
    name = request.headers.get("User-Agent", "").encode("utf-8", "replace").decode()
    return Device(" ".join(name.replace("\x00", " ").split()), client_address(request, request.app[PROXIES]))


def language_of(request: web.Request) -> Language:
    """The language that the caller would rather read; Korean where nothing is said."""
    best, weight = Language.KOREAN, 0.0
    for part in request.headers.get("Accept-Language", "").split(","):
        wish = _WEIGHED.match(part)
        if wish is None or wish[1].lower() not in {language.value for language in Language}:
            continue
        try:
            wished = float(wish[2] or 1)
        except ValueError:
            continue
        if wished > weight:
            best, weight = Language(wish[1].lower()), wished
    return best
