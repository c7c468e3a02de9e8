"""Minutes of what was said."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import CATCHING_UP, JOBS, MINUTES, THROTTLE, actor_of
from adapters.http.operations import PATIENCE, Option, operation
from adapters.http.parameters import id_or_nobody, number, room_id_of
from adapters.http.preferences import accepted, patience_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.minutes import SummaryImport
from adapters.wire.schemas.teammate import CaughtUp, ImportStarted, StillReading
from adapters.wire.shapes import citation_json
from application.catching_up import told
from domain.errors import AiQuotaExceeded, AnswerCancelled
from domain.ids import RoomId
from domain.meeting_errors import (
    ForbiddenSource,
    ForbiddenTarget,
    SourceAndTargetSame,
    SourceRoomRequired,
    SummaryFailed,
)

WAITS_FOR = 60.0
"""Seconds after which a call that waits for a telling is answered without it."""


@operation(
    "Have another room's last week summarised here.",
    body=SummaryImport,
    answer=ImportStarted,
    errors=(AiQuotaExceeded, ForbiddenSource, ForbiddenTarget, SourceAndTargetSame, SourceRoomRequired),
)
async def import_summary(request: web.Request) -> web.Response:
    actor, target = actor_of(request), room_id_of(request)
    named = (await body_of(request, SummaryImport)).source_room_id
    source = RoomId(id_or_nobody(named)) if named and named.strip() else None
    await request.app[THROTTLE].question(actor.id)
    job_id = await request.app[MINUTES].import_summary(actor, target, source)
    return answer({"ok": True, "jobId": job_id})


@operation(
    "What was missed in a room, told.",
    query=(Option("sinceSeq", "From where on; from one's read mark where it is not given.", int),),
    headers=(PATIENCE,),
    answer=CaughtUp,
    also={202: StillReading},
    errors=(AiQuotaExceeded, AnswerCancelled, SummaryFailed),
)
async def catch_up(request: web.Request) -> web.Response:
    actor, room_id, since = actor_of(request), room_id_of(request), number(request, "sinceSeq")
    await request.app[THROTTLE].question(actor.id)
    job_id = await request.app[CATCHING_UP].ask(actor, room_id, since)
    what = told(await request.app[JOBS].outcome(actor, job_id, within=patience_of(request, WAITS_FOR)))
    if what is None:
        return accepted(request, {"requestId": job_id}, job_id=job_id)
    return answer(
        {
            "requestId": job_id,
            "content": what.content,
            "citations": [citation_json(citation) for citation in what.citations],
            "sinceSeq": what.since,
            "seq": what.until,
        }
    )


def routes() -> list[web.RouteDef]:
    return [
        web.post("/rooms/{room_id:[^/]+}/import-meeting-summary", import_summary),
        web.get("/rooms/{room_id:[^/]+}/catch-up", catch_up),
    ]
