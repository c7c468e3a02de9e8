"""Following a job over HTTP."""

from domain.ids import JobId, UserId
from domain.jobs import Job, job_lane
from tests.adapters.http.house import House


async def test_only_who_asked_sees_a_job(house: House) -> None:
    ana, user = await house.person("ana")
    ben, _ = await house.person("ben")
    job = Job(
        JobId(house.ids.new()), "minutes", job_lane("minutes", "x"), {}, house.clock.now(), asker_id=UserId(user.id)
    )
    async with house.work() as work:
        await work.jobs.add(job)
    assert (await house.call("GET", f"/jobs/{job.id}", by=ana)).json == {
        "id": str(job.id),
        "kind": "minutes",
        "roomId": None,
        "status": "queued",
        "result": None,
        "error": None,
        "createdAt": "2020-01-02T03:04:05.678Z",
    }
    assert (await house.call("GET", f"/jobs/{job.id}", by=ben)).outcome == (404, "NOT_FOUND")
    assert (await house.call("GET", "/jobs/none", by=ana)).outcome == (400, "VALIDATION_FAILED")
