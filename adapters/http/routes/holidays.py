"""Public holidays."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import HOLIDAYS
from adapters.http.operations import Option, operation
from adapters.http.parameters import number
from adapters.wire.schemas.world import Holiday
from adapters.wire.world import holiday_json
from domain.errors import Fault, InvalidInput
from domain.holidays import KOREA


@operation(
    "Public holidays.",
    query=(
        Option("year", "From 1900 to 2100.", int, required=True),
        Option("month", "From 1 to 12.", int),
        Option("country", "A code of two letters; KR where none is named."),
    ),
    answer=list[Holiday],
)
async def holidays(request: web.Request) -> web.Response:
    year, month = number(request, "year"), number(request, "month")
    if year is None:
        raise InvalidInput(details=[Fault("year", "is missing")])
    known = await request.app[HOLIDAYS].listed(year, month, request.query.get("country") or KOREA)
    return answer([holiday_json(day, known.source) for day in known.days])


def routes() -> list[web.RouteDef]:
    return [web.get("/holidays", holidays)]
