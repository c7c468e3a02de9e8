"""Following jobs that one has asked for."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import JOBS, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import id_of
from adapters.wire.schemas.teammate import Job
from adapters.wire.shapes import job_json
from domain.errors import NotFound
from domain.ids import JobId


@operation("How a job that one asked for stands.", answer=Job, errors=(NotFound,))
async def job(request: web.Request) -> web.Response:
    found = await request.app[JOBS].find(actor_of(request), JobId(id_of(request, "job_id", "jobId")))
    return answer(job_json(found))


def routes() -> list[web.RouteDef]:
    return [web.get("/jobs/{job_id:[^/]+}", job)]
