"""What people do over REST, through the whole product."""

import pytest

from tests.end_to_end.client import UNKNOWN_ID, Person
from tests.end_to_end.conftest import OpenServer, Server
from tests.end_to_end.shapes import MEMBER, MESSAGE, PERSON, ROOM, fits, is_time
from tests.waiting import until


async def test_signing_in_makes_a_person_once_and_takes_the_new_name(server: Server) -> None:
    first = await server.person("Ana", "dev1@local")
    again = await server.person("Anna", "dev1@local")
    assert (again.id, again.name) == (first.id, "Anna")
    assert await first.get("/auth/me") == {"id": first.id, "email": "dev1@local", "name": "Anna"}


async def test_signing_in_without_an_email_makes_somebody_new(server: Server) -> None:
    users = []
    for _ in range(2):
        async with server.session.post(f"{server.url}/auth/dev", json={}) as response:
            body = await response.json()
        assert set(body) == {"token", "user"}
        users.append(body["user"])
    assert users[0]["id"] != users[1]["id"]
    assert all(user["email"] and user["name"] for user in users)


@pytest.mark.parametrize("path", ["/auth/me", "/users", "/rooms"])
async def test_a_token_is_asked_for(server: Server, path: str) -> None:
    async with server.session.get(f"{server.url}{path}") as response:
        body = await response.json()
    assert (response.status, body["error"]) == (401, "NO_TOKEN")
    assert body["requestId"]
    async with server.session.get(f"{server.url}{path}", params={"token": "nonsense"}) as response:
        assert (response.status, (await response.json())["error"]) == (401, "INVALID_TOKEN")


async def test_a_token_may_stand_in_the_address(server: Server, ana: Person) -> None:
    async with server.session.get(f"{server.url}/auth/me", params={"token": ana.token}) as response:
        assert (await response.json())["id"] == ana.id


async def test_after_a_logout_the_token_is_no_good_and_another_still_is(server: Server, ana: Person) -> None:
    other = await server.person("Ana")
    assert (await ana.call("POST", "/auth/logout")).status == 200
    refused = await ana.call("GET", "/rooms")
    assert (refused.status, refused.error) == (401, "INVALID_TOKEN")
    assert await other.get("/rooms") == []


async def test_people_are_listed_online_first_and_then_by_name(server: Server, ana: Person) -> None:
    cho, ben = await server.person("Cho"), await server.person("Ben")
    async with await cho.connect() as socket:
        await socket.settled()  # a socket is open a moment before its person is known to be here
        people = await ana.get("/users")
        assert [(person["name"], person["isOnline"]) for person in people] == [("Cho", True), ("Ben", False)]
        assert all(fits(person, PERSON) for person in people)
        assert [person["id"] for person in await ana.get("/users?includeMe=1")] == [cho.id, ana.id, ben.id]
        assert [person["id"] for person in await ana.get("/users?q=BEN@L")] == [ben.id]
        assert await ana.get("/users?q=ana") == []


async def test_a_person_is_online_until_the_last_socket_closes(
    server: Server, ana: Person, ben: Person, room: str
) -> None:
    async def ben_in_room() -> tuple[bool, str | None]:
        [member] = [m for m in await ana.get(f"/rooms/{room}/members") if m["id"] == ben.id]
        return member["isOnline"], member["lastSeenAt"]

    assert await ben_in_room() == (False, None)
    first, second = await ben.connect(room), await ben.connect(room)
    assert await ben_in_room() == (True, None)
    await first.close()
    assert await ben_in_room() == (True, None)
    await second.close()

    async def seen() -> str | None:
        is_online, last_seen_at = await ben_in_room()
        assert not is_online or (last_seen_at is None and server.open_sockets)
        return last_seen_at

    assert is_time(await until(seen))


async def test_a_room_is_opened_with_people_who_exist(server: Server, ana: Person, ben: Person) -> None:
    room = await ana.post("/rooms", {"title": "  Kitchen ", "memberUserIds": [ben.id, ana.id, ben.id, UNKNOWN_ID, "x"]})
    assert fits(room, ROOM)
    assert (room["title"], room["type"], room["createdBy"], room["membersCount"]) == ("Kitchen", "group", ana.id, 2)
    assert room["lastMessageAt"] == room["createdAt"]
    assert await ana.get("/rooms") == [room] == await ben.get("/rooms")
    members = await ben.get(f"/rooms/{room['id']}/members")
    assert all(fits(member, MEMBER) for member in members)
    assert {(member["id"], member["role"]) for member in members} == {(ana.id, "owner"), (ben.id, "member")}


async def test_a_room_has_a_title_and_a_type_where_none_is_given(ana: Person) -> None:
    room = await ana.post("/rooms", {})
    assert (room["title"], room["type"]) == ("New Room", "group")
    assert (await ana.post("/rooms", {"type": "direct"}))["type"] == "direct"


async def test_rooms_with_the_newest_talk_come_first(server: Server, ana: Person) -> None:
    first, second = await ana.open_room(), await ana.open_room()
    async with await ana.connect() as socket:
        await socket.send(second, "older")
        server.clock.advance(seconds=1)
        said = await socket.send(first, "newer")
    rooms = await ana.get("/rooms")
    assert [room["id"] for room in rooms] == [first, second]
    assert rooms[0]["lastMessageAt"] == said["createdAt"]


async def test_who_is_no_member_learns_nothing_of_a_room(cho: Person, room: str) -> None:
    for path in ("members", "messages"):
        theirs = await cho.call("GET", f"/rooms/{room}/{path}")
        nobodys = await cho.call("GET", f"/rooms/{UNKNOWN_ID}/{path}")
        assert (theirs.status, theirs.error) == (nobodys.status, nobodys.error) == (403, "FORBIDDEN")
        assert theirs.body["message"] == nobodys.body["message"]
    invited = await cho.call("POST", f"/rooms/{room}/members", {"userIds": [cho.id]})
    assert (invited.status, invited.error) == (403, "FORBIDDEN")
    assert await cho.get("/rooms") == []


async def test_any_member_adds_people(server: Server, ana: Person, ben: Person, cho: Person, room: str) -> None:
    dan = await server.person("Dan")
    path = f"/rooms/{room}/members"
    async with await ana.connect(room) as hears, await cho.connect() as told:
        answer = await ben.post(path, {"userIds": [cho.id, ben.id, UNKNOWN_ID, dan.id]})
        assert answer == {"ok": True, "added": 2, "skipped": 2}
        assert (await told.expect("room.added"))["room"] == (await cho.get("/rooms"))[0]
        await hears.join(room)
        added = hears.told("room.member.added")
        assert [(event.seq, event["userId"], event["userName"]) for event in added] == [
            (1, cho.id, "Cho"),
            (2, dan.id, "Dan"),
        ]
        assert await ben.post(path, {"userIds": [dan.id]}) == {"ok": True, "added": 0, "skipped": 1}
        await hears.join(room)
        assert hears.seqs(room) == [1, 2]
    assert (await ben.get("/rooms"))[0]["membersCount"] == 4


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "USER_IDS_REQUIRED"),
        ({"userIds": []}, "USER_IDS_REQUIRED"),
        ({"userIds": [UNKNOWN_ID, "nobody"]}, "NO_VALID_USERS"),
        ({"userIds": "Ana"}, "VALIDATION_FAILED"),
    ],
)
async def test_an_invitation_of_nobody_is_refused(ana: Person, room: str, body: object, code: str) -> None:
    answer = await ana.call("POST", f"/rooms/{room}/members", body)
    assert (answer.status, answer.error) == (400, code)


async def test_invited_people_are_told_of_a_new_room(ana: Person, ben: Person, cho: Person) -> None:
    async with await ben.connect() as bens, await cho.connect() as chos, await ana.connect() as anas:
        room = await ana.post("/rooms", {"memberUserIds": [ben.id]})
        assert (await bens.expect("room.added"))["room"] == room
        await chos.settled()
        await anas.settled()
        assert chos.types == anas.types == []


async def test_history_goes_back_page_by_page(ana: Person, ben: Person, room: str) -> None:
    texts = [f"말 {number}" for number in range(7)]
    async with await ana.connect(room) as socket:
        sent = [await socket.send(room, text) for text in texts]
    messages = await ben.get(f"/rooms/{room}/messages")
    assert [message["content"] for message in messages] == texts
    assert messages == [message.payload for message in sent]
    assert all(fits(message, MESSAGE) for message in messages)
    newest = await ben.get(f"/rooms/{room}/messages?take=3")
    assert newest == messages[4:]
    assert await ben.get(f"/rooms/{room}/messages?take=3&beforeId={newest[0]['id']}") == messages[1:4]
    assert await ben.get(f"/rooms/{room}/messages?beforeId={messages[0]['id']}") == []
    assert await ben.get(f"/rooms/{room}/messages?take=100000") == messages


async def test_a_page_before_what_is_no_message_of_the_room_is_empty(ana: Person, room: str) -> None:
    other = await ana.open_room()
    async with await ana.connect(room) as socket:
        await socket.send(room, "here")
        elsewhere = (await socket.send(other, "elsewhere"))["id"]
    for before in ("local:1", "sys:joined", UNKNOWN_ID, elsewhere, "%00"):
        assert await ana.get(f"/rooms/{room}/messages?beforeId={before}") == []


async def test_more_than_a_page_is_clamped(ana: Person, room: str) -> None:
    async with await ana.connect(room) as socket:
        for number in range(205):
            await socket.say("message.send", roomId=room, content=str(number), clientTempId=str(number))
        await socket.expect("message.ack", clientTempId="204")
    page = await ana.get(f"/rooms/{room}/messages?take=1000")
    assert [message["content"] for message in page] == [str(number) for number in range(5, 205)]
    assert len(await ana.get(f"/rooms/{room}/messages")) == 50


async def test_health(server: Server) -> None:
    async with server.session.get(f"{server.url}/health") as response:
        body = await response.json()
    assert response.status == 200
    assert is_time(body["timestamp"])
    assert (body["ok"], body["services"]) == (True, {"database": "ok", "redis": "ok"})


async def test_production_knows_no_way_in_for_development_unless_told(open_server: OpenServer) -> None:
    production = {"JARVIS_ENV": "production", "JWT_SECRET": "k3Jq9vXw7Lz0pRt5sYb2nMd8fHg6aQcE"}
    without = await open_server(**production)
    async with without.session.post(f"{without.url}/auth/dev", json={}) as response:
        assert response.status == 404
    within = await open_server(**production, JARVIS_DEV_AUTH=True)
    async with within.session.post(f"{within.url}/auth/dev", json={}) as response:
        assert response.status == 200
