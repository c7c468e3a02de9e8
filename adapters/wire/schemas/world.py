"""What comes from the world outside, and how the installation is."""

from typing import Literal

from typing_extensions import TypedDict

from adapters.wire.schemas.values import Day, Time


class Holiday(TypedDict):
    """A public holiday, and who says so."""

    date: Day
    name: str
    isHoliday: bool
    dateKind: str
    source: str


class Article(TypedDict):
    """A piece of news; ``pubDate`` is what its source says."""

    title: str
    link: str
    description: str
    pubDate: str
    publishedAt: Time | None
    imageUrl: str | None


class Articles(TypedDict):
    """News, the newest first."""

    items: list[Article]


class HealthReport(TypedDict):
    """Whether all is well, part by part."""

    ok: bool
    timestamp: Time
    services: dict[str, Literal["ok", "down"]]


class Readiness(TypedDict):
    """Whether connections may come here."""

    ok: bool
    draining: bool
    services: dict[str, Literal["ok", "down"]]
