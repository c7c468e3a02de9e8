"""Sessions on open sockets, through the whole product: what ends them, and on which servers."""

from pathlib import Path

import aiohttp
import pytest

from adapters.memory.event_bus import InMemoryNetwork
from tests.builders import eventually
from tests.end_to_end import houses
from tests.end_to_end.client import Answer, Person
from tests.end_to_end.conftest import OpenServer, Server

SIGNED_OUT = 4001
PASSWORD = "correct horse battery"


async def post(session: aiohttp.ClientSession, url: str, path: str, body: object) -> Answer:
    async with session.post(f"{url}{path}", json=body) as response:
        return Answer(response.status, await response.json())


async def sign_in(session: aiohttp.ClientSession, url: str, name: str) -> tuple[Person, str]:
    """Somebody with a password, who is made where there is nobody; and their refresh token."""
    account = {"email": f"{name.lower()}@corp.example", "password": PASSWORD, "name": name}
    assert (await post(session, url, "/auth/register", account)).status == 200
    answer = await post(session, url, "/auth/login", account)
    assert answer.status == 200, answer
    user = answer.body["user"]
    person = Person(session, url, answer.body["token"], user["id"], user["email"], user["name"])
    return person, answer.body["refreshToken"]


async def test_ending_one_session_closes_its_sockets_and_no_others(server: Server) -> None:
    here, _ = await sign_in(server.session, server.url, "Ana")
    there, refresh_token = await sign_in(server.session, server.url, "Ana")
    later = await post(server.session, server.url, "/auth/refresh", {"refreshToken": refresh_token})
    refreshed = Person(server.session, server.url, later.body["token"], there.id, there.email, there.name)
    room = await here.open_room()
    async with await here.connect(room) as stays:
        first, second = await there.connect(room), await refreshed.connect(room, way="hello")
        ended = await here.call("DELETE", f"/auth/sessions/{later.body['sessionId']}")
        assert ended.body == {"ok": True}
        assert await first.closed() == await second.closed() == SIGNED_OUT
        await stays.send(room, "still here", "one")
        assert (await there.call("GET", "/rooms")).error == "INVALID_TOKEN"
        socket = await there.connect()
        assert await socket.closed() == SIGNED_OUT
        assert socket.refusals == ["INVALID_TOKEN"]


async def test_an_access_token_that_ends_closes_its_socket_and_the_next_one_goes_on(open_server: OpenServer) -> None:
    server = await open_server(JARVIS_LOOK_SECONDS=0.01, JARVIS_ACCESS_MINUTES=15)
    ana, refresh_token = await sign_in(server.session, server.url, "Ana")
    room = await ana.open_room()
    socket = await ana.connect(room)
    await socket.send(room, "before", "one")
    server.clock.advance(minutes=14)
    await socket.send(room, "still good", "two")
    server.clock.advance(minutes=2)
    assert await socket.closed() == SIGNED_OUT
    later = await post(server.session, server.url, "/auth/refresh", {"refreshToken": refresh_token})
    again = Person(server.session, server.url, later.body["token"], ana.id, ana.email, ana.name)
    async with await again.connect() as back:
        await back.join(room, 1)
        assert back.seqs(room) == [2]


async def test_reuse_of_a_refresh_token_closes_the_sockets_of_the_session(server: Server) -> None:
    ana, refresh_token = await sign_in(server.session, server.url, "Ana")
    socket = await ana.connect()
    stolen = refresh_token
    for _ in range(2):
        answer = await post(server.session, server.url, "/auth/refresh", {"refreshToken": refresh_token})
        refresh_token = answer.body["refreshToken"]
    assert (await post(server.session, server.url, "/auth/refresh", {"refreshToken": stolen})).status == 401
    assert await socket.closed() == SIGNED_OUT


async def test_a_changed_password_and_a_disabled_account_close_what_they_should(server: Server) -> None:
    link = await server.product.doors().administration.open_first_door()
    assert link is not None
    body = {"token": link.rpartition("/")[2], "email": "root@corp.example", "password": PASSWORD}
    root = (await post(server.session, server.url, "/auth/setup", body)).body
    here, _ = await sign_in(server.session, server.url, "Ana")
    there, _ = await sign_in(server.session, server.url, "Ana")
    by_the_other_door = await server.person("Ana", here.email)
    assert by_the_other_door.id == here.id
    stays, goes, own = await here.connect(), await there.connect(), await by_the_other_door.connect()
    change = {"currentPassword": PASSWORD, "newPassword": "a better password"}
    assert (await here.call("POST", "/auth/password", change)).status == 200
    assert await goes.closed() == SIGNED_OUT
    await stays.settled()
    async with server.session.patch(
        f"{server.url}/admin/accounts/{here.id}",
        json={"isDisabled": True},
        headers={"Authorization": f"Bearer {root['token']}"},
    ) as response:
        assert response.status == 200
    assert await stays.closed() == await own.closed() == SIGNED_OUT
    assert (await by_the_other_door.call("GET", "/rooms")).error == "INVALID_TOKEN"


async def test_who_comes_by_an_invitation_is_told_and_the_room_hears_of_it(server: Server) -> None:
    ana, _ = await sign_in(server.session, server.url, "Ana")
    ben, _ = await sign_in(server.session, server.url, "Ben")
    room = await ana.open_room()
    invitation = await ana.post(f"/rooms/{room}/invitations", {"maxUses": 5})
    async with await ana.connect(room) as hears, await ben.connect() as told:
        joined = await ben.post("/invitations/accept", {"token": invitation["token"]})
        assert (await told.expect("room.added"))["room"] == joined
        added = await hears.expect("room.member.added")
        assert (added.seq, added["userId"], added["userName"]) == (1, ben.id, "Ben")
        await told.send(room, "안녕", "one")


async def test_a_session_ended_on_one_server_ends_on_the_others(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    database: str = request.getfixturevalue("shared_database")
    async with (
        aiohttp.ClientSession() as session,
        houses.over_postgres(tmp_path, database, InMemoryNetwork()) as house,
    ):
        one, other = house.urls
        here, _ = await sign_in(session, one, "Zoe")
        there, refresh_token = await sign_in(session, one, "Zoe")
        elsewhere = Person(session, other, there.token, there.id, there.email, there.name)
        socket = await elsewhere.connect()
        sessions = await here.get("/auth/sessions")
        [theirs] = [found["id"] for found in sessions if not found["isCurrent"]]
        await here.call("DELETE", f"/auth/sessions/{theirs}")
        assert await socket.closed() == SIGNED_OUT
        assert (await elsewhere.call("GET", "/rooms")).error == "INVALID_TOKEN"
        assert (await post(session, other, "/auth/refresh", {"refreshToken": refresh_token})).status == 401
        await eventually(lambda: house.open_sockets == 0)
