"""Pulse reports, the specifications that follow from them, and insights."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.archives import archive
from adapters.http.keys import JOBS, LEDGER, THROTTLE, actor_of
from adapters.http.operations import PATIENCE, Option, operation
from adapters.http.parameters import id_of, room_id_of, whole_number
from adapters.http.preferences import accepted, patience_of
from adapters.wire.pulse_shapes import outlook_json, packet_json, report_entry_json, report_json
from adapters.wire.schemas.pulse import Insights, PulseEntry, PulseReport, ReportBegun, Specification
from domain.errors import AiQuotaExceeded, NotFound, OpenAiNotConfigured
from domain.ids import PulseReportId
from domain.pulse import REPORTS_KEPT
from domain.pulse_errors import PulseFailed, PulseUnreadable
from domain.specification_documents import documents

WAITS_FOR = 300.0
"""Seconds after which a call that waits for a report is answered without it."""


@operation("What the room comes to.", answer=PulseReport, errors=(NotFound,))
async def current(request: web.Request) -> web.Response:
    return answer(report_json(await request.app[LEDGER].pulse.current(actor_of(request), room_id_of(request))))


@operation(
    "Have the report made anew, of messages, cards, decisions and tasks.",
    headers=(PATIENCE,),
    answer=PulseReport,
    also={202: ReportBegun},
    errors=(AiQuotaExceeded, OpenAiNotConfigured, PulseFailed, PulseUnreadable),
)
async def make(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    await request.app[THROTTLE].question(actor.id)
    pulse = request.app[LEDGER].pulse
    job_id = await pulse.ask(actor, room_id)
    job = await request.app[JOBS].outcome(actor, job_id, within=patience_of(request, WAITS_FOR))
    report = await pulse.made(actor, job)
    if report is None:
        return accepted(request, {"jobId": job_id}, job_id=job_id)
    return answer(report_json(report))


@operation(
    "The reports that are kept, the newest first.",
    query=(Option("take", "How many at most.", int),),
    answer=list[PulseEntry],
)
async def history(request: web.Request) -> web.Response:
    take = whole_number(request, "take", default=REPORTS_KEPT, limit=REPORTS_KEPT)
    reports = await request.app[LEDGER].pulse.history(actor_of(request), room_id_of(request), take=take)
    return answer([report_entry_json(report) for report in reports])


@operation("One of the reports that are kept.", answer=PulseReport, errors=(NotFound,))
async def one(request: web.Request) -> web.Response:
    room_id, report_id = room_id_of(request), PulseReportId(id_of(request, "report_id", "reportId"))
    return answer(report_json(await request.app[LEDGER].pulse.find(actor_of(request), room_id, report_id)))


@operation("What is to be built, as far as it is known.", answer=Specification, errors=(NotFound,))
async def specification(request: web.Request) -> web.Response:
    return answer(packet_json(await request.app[LEDGER].specifying.packet(actor_of(request), room_id_of(request))))


@operation(
    "A document of the specification.",
    answer=str,
    media="text/markdown",
    path={"name": "PRD.md, UX_FLOW.md, API_SPEC.md, DB_SCHEMA.md or DECISIONS.md"},
    errors=(NotFound,),
)
async def specification_document(request: web.Request) -> web.Response:
    written = documents(await request.app[LEDGER].specifying.packet(actor_of(request), room_id_of(request)))
    name = request.match_info["name"]
    if name not in written:
        raise NotFound
    return _file(name, written[name].encode(), "text/markdown; charset=utf-8")


@operation("All documents of the specification in one file.", answer=bytes, media="application/zip", errors=(NotFound,))
async def specification_archive(request: web.Request) -> web.Response:
    written = documents(await request.app[LEDGER].specifying.packet(actor_of(request), room_id_of(request)))
    return _file("spec.zip", archive(written), "application/zip")


@operation("What stands out in one's week, across the rooms one is in.", answer=Insights)
async def insights(request: web.Request) -> web.Response:
    return answer(outlook_json(await request.app[LEDGER].insights.outlook(actor_of(request))))


def _file(name: str, content: bytes, kind: str) -> web.Response:
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=content, headers=headers)


def routes() -> list[web.RouteDef]:
    path = "/rooms/{room_id:[^/]+}/pulse-report"
    return [
        web.get(path, current),
        web.post(path, make),
        web.get(path + "/history", history),
        web.get(path + "/history/{report_id:[^/]+}", one),
        web.get(path + "/spec", specification),
        web.get(path + "/spec.zip", specification_archive),
        web.get(path + "/spec/{name:[^/]+}", specification_document),
        web.get("/insights", insights),
    ]
