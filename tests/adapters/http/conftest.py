"""Houses for the tests of this folder."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from adapters.http.app import HttpOptions
from tests.adapters.http.house import SECRET, House

OpenHouse = Callable[[HttpOptions], Awaitable[House]]


@pytest.fixture
async def open_house() -> AsyncIterator[OpenHouse]:
    houses: list[House] = []

    async def open_(options: HttpOptions) -> House:
        house = House()
        houses.append(house)
        await house.open(options)
        return house

    yield open_
    for house in houses:
        await house.close()


@pytest.fixture
async def house(open_house: OpenHouse) -> House:
    return await open_house(HttpOptions(jwt_secret=SECRET, body_limit=64 * 1024))
