"""The Korean public-data service for special days, as it answers."""

from typing import Any

from aiohttp import web

from tests.vendors.stand_in import StandIn

PLAIN_KEY = "aB3+dE/fG7hIjK9lMnOpQr+StUvWxYz0123456789/ABCDEFGHIJKLMNOPQRSTUVWXYZ=="
ENCODED_KEY = "aB3%2BdE%2FfG7hIjK9lMnOpQr%2BStUvWxYz0123456789%2FABCDEFGHIJKLMNOPQRSTUVWXYZ%3D%3D"

UNKNOWN_KEY = """<OpenAPI_ServiceResponse>
  <cmmMsgHeader>
    <errMsg>SERVICE ERROR</errMsg>
    <returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</returnAuthMsg>
    <returnReasonCode>30</returnReasonCode>
  </cmmMsgHeader>
</OpenAPI_ServiceResponse>"""
TOO_MANY = UNKNOWN_KEY.replace(
    "SERVICE_KEY_IS_NOT_REGISTERED_ERROR", "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR"
)
XML_WITH_A_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    "<response><header><resultCode>99</resultCode><resultMsg>UNKNOWN_ERROR</resultMsg></header></response>"
)


def xml(text: str) -> web.Response:
    """A fault, with status 200 as all of its faults."""
    return web.Response(text=text, content_type="text/xml")


def item(day: int, name: str, is_holiday: str = "Y", kind: str = "01") -> dict[str, Any]:
    return {"dateKind": kind, "dateName": name, "isHoliday": is_holiday, "locdate": day, "seq": 1}


class HolidayService(StandIn):
    """Says of each year what is written down for it. Of pages it gives ``rows`` items at the most."""

    def __init__(self) -> None:
        super().__init__()
        self.years: dict[str, list[dict[str, Any]]] = {}
        self.rows = 100

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.path == "/getRestDeInfo"
        assert request.query["_type"] == "json"
        if request.query.get("serviceKey") != PLAIN_KEY:
            return xml(UNKNOWN_KEY)
        days = self.years.get(request.query["solYear"], [])
        rows = min(self.rows, int(request.query.get("numOfRows", "10")))
        page = int(request.query.get("pageNo", "1"))
        return web.json_response(listed(days[rows * (page - 1) : rows * page], rows, page, len(days)))


def listed(items: list[dict[str, Any]], rows: int = 100, page: int = 1, total: int | None = None) -> dict[str, Any]:
    """An answer: items in a list, one alone as an object, none as an empty text."""
    shown: Any = {"item": items[0] if len(items) == 1 else items} if items else ""
    total = len(items) if total is None else total
    return {
        "response": {
            "header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."},
            "body": {"items": shown, "numOfRows": rows, "pageNo": page, "totalCount": total},
        }
    }


def refused(code: str) -> dict[str, Any]:
    """A fault told in JSON."""
    return {"response": {"header": {"resultCode": code, "resultMsg": "ERROR"}}}
