"""Whether all is well."""

import pytest

from adapters.http.app import HttpOptions
from tests.adapters.http.house import SECRET, Answer, House


@pytest.mark.parametrize(
    ("database", "redis", "status"), [(True, True, 200), (False, True, 503), (True, False, 503), (False, False, 503)]
)
async def test_each_part_is_reported(house: House, database: bool, redis: bool, status: int) -> None:
    house.database.well, house.redis.well = database, redis
    answer = await house.call("GET", "/health")
    assert answer.status == status
    assert answer.json == {
        "ok": status == 200,
        "timestamp": "2020-01-02T03:04:05.678Z",
        "services": {"database": "ok" if database else "down", "redis": "ok" if redis else "down"},
    }


def test_the_secret_is_not_shown_with_the_options() -> None:
    assert SECRET not in repr(HttpOptions(jwt_secret=SECRET))


def readiness(answer: Answer) -> tuple[int, bool, bool, dict[str, str]]:
    content = answer.json
    return answer.status, content["ok"], content["draining"], content["services"]


async def test_a_process_lives_whatever_else_is_away(house: House) -> None:
    house.database.well = house.redis.well = False
    answer = await house.call("GET", "/health/live")
    assert (answer.status, answer.json) == (200, {"ok": True})


async def test_no_work_should_come_while_the_database_is_away(house: House) -> None:
    assert readiness(await house.call("GET", "/health/ready")) == (200, True, False, {"database": "ok", "redis": "ok"})
    house.redis.well = False
    ready = (200, True, False, {"database": "ok", "redis": "down"})
    assert readiness(await house.call("GET", "/health/ready")) == ready, "on each server talking goes on"
    house.redis.well, house.database.well = True, False
    away = (503, False, False, {"database": "down", "redis": "ok"})
    assert readiness(await house.call("GET", "/health/ready")) == away


async def test_no_work_should_come_while_it_drains_though_all_is_well(house: House) -> None:
    house.parts.health.drain()
    draining = (503, False, True, {"database": "ok", "redis": "ok"})
    assert readiness(await house.call("GET", "/health/ready")) == draining
    assert (await house.call("GET", "/health")).status == 200
