"""Where a client has found this server."""

import re
from collections.abc import Mapping
from sys import intern

_HOST = re.compile(r"[A-Za-z0-9.\-]{1,253}(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::[0-9]{1,5})?", re.ASCII)


def found_at(headers: Mapping[str, str], scheme: str) -> str:
    """The beginning of addresses of this server, as the one who asks knows it; empty where that cannot be told.

    Both headers are the client's own words. Nothing but what it says itself depends on them.
    """
    host = headers.get("Host", "")
    if not _HOST.fullmatch(host):
        return ""
    secure = headers.get("X-Forwarded-Proto", scheme) == "https"
    return intern(f"{'https' if secure else 'http'}://{host}")
