"""Signing in and out, and the directory of people."""

import pytest

from adapters.http.app import HttpOptions
from domain.events import TokenRevoked
from tests.adapters.http.conftest import OpenHouse
from tests.adapters.http.house import SECRET, House


async def test_signing_in_makes_a_user_whose_token_is_good(house: House) -> None:
    answer = await house.call("POST", "/auth/dev", json={"email": "dev1@local", "name": "지우"})
    assert answer.status == 200
    user = answer.json["user"]
    assert user == {"id": user["id"], "email": "dev1@local", "name": "지우"}
    me = await house.call("GET", "/auth/me", by=answer.json["token"])
    assert (me.status, me.json) == (200, user)


async def test_the_same_email_is_the_same_user_who_takes_the_new_name(house: House) -> None:
    first = await house.call("POST", "/auth/dev", json={"email": "dev1@local", "name": "Before"})
    unnamed = await house.call("POST", "/auth/dev", json={"email": "dev1@local"})
    renamed = await house.call("POST", "/auth/dev", json={"email": "dev1@local", "name": "After"})
    assert unnamed.json["user"] == first.json["user"]
    assert renamed.json["user"] == {**first.json["user"], "name": "After"}


@pytest.mark.parametrize("body", [None, b"", b"  \n", b"{}", b'{"email":null,"name":null}', b'{"more":[1]}'])
async def test_without_an_email_everybody_is_new(house: House, body: bytes | None) -> None:
    one = await house.call("POST", "/auth/dev", data=body)
    other = await house.call("POST", "/auth/dev", data=body)
    assert (one.status, other.status) == (200, 200)
    assert one.json["user"]["id"] != other.json["user"]["id"]


async def test_a_token_with_the_longest_name_still_fits_into_a_request(house: House) -> None:
    signed_in = await house.call("POST", "/auth/dev", json={"email": "😀" * 320, "name": "🐘" * 320})
    assert (await house.call("GET", "/auth/me", by=signed_in.json["token"])).json["name"] == "🐘" * 320
    assert (await house.call("GET", f"/auth/me?token={signed_in.json['token']}")).status == 200


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (HttpOptions(SECRET), 200),
        (HttpOptions(SECRET, dev_auth=True), 200),
        (HttpOptions(SECRET, production=True), 404),
        (HttpOptions(SECRET, production=True, dev_auth=True), 200),
    ],
)
async def test_production_has_the_development_door_only_on_request(
    open_house: OpenHouse, options: HttpOptions, status: int
) -> None:
    house = await open_house(options)
    answer = await house.call("POST", "/auth/dev", json={})
    assert answer.status == status
    if status == 404:
        assert answer.outcome == (404, "NOT_FOUND")
        assert len(house.store.users) == 0


async def test_signing_out_ends_this_token_and_no_other(house: House) -> None:
    token, user = await house.person("mina")
    other, _ = await house.person("mina")
    answer = await house.call("POST", "/auth/logout", by=token)
    assert (answer.status, answer.json) == (200, {"ok": True})
    assert (await house.call("GET", "/auth/me", by=token)).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("POST", "/auth/logout", by=token)).outcome == (401, "INVALID_TOKEN")
    assert (await house.call("GET", "/auth/me", by=other)).status == 200
    assert house.recorder.of(TokenRevoked) == [TokenRevoked(user.id, house.tokens.read(token).token_id)]


async def test_people_who_are_here_come_first_then_by_name(house: House) -> None:
    token, me = await house.person("me")
    _, zoe = await house.person("zoe")
    _, ann = await house.person("ann")
    await house.presence.arrive(zoe.id, "socket")
    answer = await house.call("GET", "/users", by=token)
    assert answer.json == [
        {"id": str(zoe.id), "email": "zoe@local", "name": "zoe", "isOnline": True, "lastSeenAt": None},
        {"id": str(ann.id), "email": "ann@local", "name": "ann", "isOnline": False, "lastSeenAt": None},
    ]
    everybody = await house.call("GET", "/users?includeMe=1", by=token)
    assert [person["id"] for person in everybody.json] == [str(user.id) for user in (zoe, ann, me)]


async def test_last_seen_is_told_in_the_format_of_the_wire(house: House) -> None:
    token, _ = await house.person("me")
    _, ann = await house.person("ann")
    async with house.work() as work:
        await work.users.seen(ann.id, house.clock.now())
    assert (await house.call("GET", "/users", by=token)).json[0]["lastSeenAt"] == "2020-01-02T03:04:05.678Z"


@pytest.mark.parametrize(
    ("query", "names"), [("", ["Kim", "kimchi", "Lee"]), ("KIM", ["Kim", "kimchi"]), ("nobody", [])]
)
async def test_people_are_found_by_a_part_of_name_or_email(house: House, query: str, names: list[str]) -> None:
    token, _ = await house.person("me")
    for name in ("Lee", "Kim", "kimchi"):
        await house.person(name)
    answer = await house.call("GET", f"/users?q={query}", by=token)
    assert sorted(person["name"] for person in answer.json) == sorted(names)
