"""Naver's news search, as it answers."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.vendors.stand_in import StandIn

ID, SECRET = "AbCdEfGhIjKlMnOp", "qRsTuVwXyZ"


def article(number: int, title: str | None = None, link: str | None = None, **fields: str) -> dict[str, Any]:
    """An item, a minute younger than the one of the number before it."""
    return {
        "title": title or f"제목 {number}",
        "originallink": f"http://www.example.com/{number}",
        "link": link or f"https://n.news.example.com/{number}",
        "description": f"설명 {number}",
        "pubDate": f"Mon, 16 Feb 2026 10:{number:02}:00 +0900",
        **fields,
    }


def listed(*items: dict[str, Any]) -> dict[str, Any]:
    """An answer."""
    return {
        "lastBuildDate": "Mon, 16 Feb 2026 12:00:00 +0900",
        "total": len(items),
        "start": 1,
        "display": len(items),
        "items": list(items),
    }


def refusing(status: int, code: str, message: str) -> Callable[[], web.Response]:
    """A refusal, as Naver words them."""
    return lambda: web.json_response({"errorMessage": message, "errorCode": code}, status=status)


UNKNOWN_CLIENT = refusing(401, "024", "Not Exist Client ID : Authentication failed. (인증에 실패했습니다.)")
NOT_SUBSCRIBED = refusing(403, "024", "Scope Status Invalid : Authentication failed. (인증에 실패했습니다.)")
TOO_FAST = refusing(429, "012", "Rate limit exceeded. (속도 제한을 초과했습니다.)")
BAD_QUERY = refusing(400, "SE01", "Incorrect query request (잘못된 쿼리요청입니다.)")
SICK = refusing(500, "SE99", "System Error (시스템 에러)")


class Naver(StandIn):
    """Finds for each query what is written down for it."""

    def __init__(self) -> None:
        super().__init__()
        self.finds: dict[str, list[dict[str, Any]]] = {}

    @property
    def queries(self) -> list[str]:
        return [request.query["query"] for request in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.path == "/v1/search/news.json"
        given = request.headers.get("X-Naver-Client-Id"), request.headers.get("X-Naver-Client-Secret")
        if given != (ID, SECRET):
            return UNKNOWN_CLIENT()
        found = self.finds.get(request.query["query"], [])
        return web.json_response(listed(*found[: int(request.query.get("display", "10"))]))
