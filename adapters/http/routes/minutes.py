"""Minutes of what was said."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import MINUTES, THROTTLE, actor_of
from adapters.http.parameters import id_or_nobody, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.minutes import SummaryImport
from domain.ids import RoomId


async def import_summary(request: web.Request) -> web.Response:
    actor, target = actor_of(request), room_id_of(request)
    named = (await body_of(request, SummaryImport)).source_room_id
    source = RoomId(id_or_nobody(named)) if named and named.strip() else None
    await request.app[THROTTLE].question(actor.id)
    job_id = await request.app[MINUTES].import_summary(actor, target, source)
    return answer({"ok": True, "jobId": job_id})


def routes() -> list[web.RouteDef]:
    return [web.post("/rooms/{room_id:[^/]+}/import-meeting-summary", import_summary)]
