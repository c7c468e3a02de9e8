"""Rate limits on REST: 429 with Retry-After, by address for signing in and by person for the rest."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from ipaddress import ip_network

import pytest

from adapters.http.app import HttpOptions
from adapters.wire.shapes import wire_milliseconds, wire_seconds
from application.limits import RateLimit
from application.throttle import Rates
from domain.errors import RateLimited
from tests.adapters.http.house import SECRET, House

MANY = RateLimit(1000, 1000)
LOOSE = Rates(
    sign_ins=MANY,
    sends=MANY,
    questions=MANY,
    calls=MANY,
    calls_from_address=MANY,
    passwords=MANY,
    mails=MANY,
    hooks=MANY,
)
TIGHT = replace(LOOSE, sign_ins=RateLimit(2, 0.1), calls=RateLimit(3, 1))
Open = Callable[[Rates, tuple[str, ...]], Awaitable[House]]


@pytest.fixture
async def open_(request: pytest.FixtureRequest) -> AsyncIterator[Open]:
    houses: list[House] = []

    async def opened(rates: Rates, proxies: tuple[str, ...] = ()) -> House:
        houses.append(House(rates))
        await houses[-1].open(HttpOptions(jwt_secret=SECRET, proxies=tuple(map(ip_network, proxies))))
        return houses[-1]

    yield opened
    for house in houses:
        await house.close()


async def test_signing_in_too_often_from_one_address(open_: Open) -> None:
    house = await open_(TIGHT, ())
    for _ in range(2):
        assert (await house.call("POST", "/auth/dev", json={})).status == 200
    refused = await house.call("POST", "/auth/dev", json={})
    assert refused.outcome == (429, "RATE_LIMITED")
    assert refused.headers["Retry-After"] == "10"
    house.clock.advance(10)
    assert (await house.call("POST", "/auth/dev", json={})).status == 200


async def test_one_who_asks_too_often_does_not_hold_up_another(open_: Open) -> None:
    house = await open_(TIGHT, ())
    ana, ben = [(await house.call("POST", "/auth/dev", json={})).json["token"] for _ in range(2)]
    statuses = [(await house.call("GET", "/rooms", by=ana)).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert (await house.call("GET", "/rooms", by=ben)).status == 200
    assert (await house.call("GET", "/health")).status == 200


async def test_all_that_comes_from_one_address_is_counted(open_: Open) -> None:
    house = await open_(replace(LOOSE, calls_from_address=RateLimit(2, 1)), ())
    statuses = [(await house.call("GET", "/nowhere")).status for _ in range(3)]
    assert statuses == [404, 404, 429]
    assert (await house.call("GET", "/health")).status == 200, "who watches over the server is never held back"


async def test_a_post_by_a_hook_is_one_call_from_its_address(open_: Open) -> None:
    house = await open_(replace(LOOSE, calls_from_address=RateLimit(1, 1)), ())
    statuses = [(await house.call("POST", "/hooks/none", json={"text": "x"})).status for _ in range(2)]
    assert statuses == [404, 429]


async def test_a_trusted_proxy_says_for_whom_it_asks(open_: Open) -> None:
    house = await open_(TIGHT, ("127.0.0.0/8",))
    for client in ("198.51.100.7", "198.51.100.7", "198.51.100.8"):
        answer = await house.call("POST", "/auth/dev", json={}, headers={"X-Forwarded-For": f"203.0.113.9, {client}"})
        assert answer.status == 200
    again = await house.call("POST", "/auth/dev", json={}, headers={"X-Forwarded-For": "203.0.113.1, 198.51.100.7"})
    assert again.status == 429, "what the client itself put before does not count"


async def test_nobody_else_is_believed(open_: Open) -> None:
    house = await open_(TIGHT, ())
    statuses = [
        (await house.call("POST", "/auth/dev", json={}, headers={"X-Forwarded-For": f"198.51.100.{n}"})).status
        for n in range(3)
    ]
    assert statuses == [200, 200, 429]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(2.0, (2000, 2)), (2.0000000000000004, (2000, 2)), (2.000001, (2000, 2)), (2.0001, (2001, 3)), (1e-9, (1, 1))],
)
def test_fractions_that_reckoning_leaves_are_no_time_to_wait(seconds: float, told: tuple[int, int]) -> None:
    error = RateLimited(retry_after=seconds)
    assert (wire_milliseconds(error), wire_seconds(error)) == told
