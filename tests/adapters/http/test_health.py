"""Whether all is well."""

import pytest

from adapters.http.app import HttpOptions
from tests.adapters.http.house import SECRET, House


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
