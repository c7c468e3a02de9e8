"""Which web pages may call: the Origin rule of the wire contract."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OriginPolicy:
    """Admits every origin where ``listed`` is None, else those listed, and pages that this server itself has served."""

    listed: frozenset[str] | None

    @classmethod
    def any(cls) -> "OriginPolicy":
        return cls(None)

    @classmethod
    def only(cls, origins: Iterable[str]) -> "OriginPolicy":
        """``null``, which sandboxed pages and packaged clients send, is admitted only by naming it."""
        return cls(frozenset(_normal(origin) for origin in origins))

    def admits(self, origin: str | None, host: str) -> bool:
        """``origin`` and ``host`` as the headers of these names; no Origin means that no web page is calling."""
        if origin is None or self.listed is None:
            return True
        origin = _normal(origin)
        return origin in self.listed or origin.partition("://")[2] == host.lower() != ""


def _normal(origin: str) -> str:
    return origin.strip().rstrip("/").lower()
