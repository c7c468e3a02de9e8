"""Rooms and who is in them."""

from uuid import UUID

import pytest

from domain.events import MemberAdded, RoomAdded
from domain.ids import RoomId
from tests.adapters.http.house import House

NOBODY = str(UUID(int=0))


async def test_a_room_is_opened_and_listed(house: House) -> None:
    token, owner = await house.person("owner")
    _, guest = await house.person("guest")
    body = {"title": "  기획 ", "type": "group", "memberUserIds": [str(guest.id)], "unknown": {"ignored": True}}
    answer = await house.call("POST", "/rooms", by=token, json=body)
    assert answer.status == 200
    assert answer.json == {
        "id": answer.json["id"],
        "type": "group",
        "title": "기획",
        "createdBy": str(owner.id),
        "createdAt": "2020-01-02T03:04:05.678Z",
        "membersCount": 2,
        "lastMessageAt": "2020-01-02T03:04:05.678Z",
        "lastReadSeq": 0,
        "unreadCount": 0,
    }
    assert (await house.call("GET", "/rooms", by=token)).json == [answer.json]
    assert [added.user_ids for added in house.recorder.of(RoomAdded)] == [(guest.id,)]


@pytest.mark.parametrize(
    "body", [None, b"", b"{}", b'{"title":null,"type":null,"memberUserIds":null}', b'{"title":" "}']
)
async def test_everything_about_a_new_room_has_a_default(house: House, body: bytes | None) -> None:
    token, _ = await house.person("owner")
    answer = await house.call("POST", "/rooms", by=token, data=body)
    assert (answer.json["title"], answer.json["type"], answer.json["membersCount"]) == ("New Room", "group", 1)


async def test_a_room_may_be_direct(house: House) -> None:
    token, _ = await house.person("owner")
    assert (await house.call("POST", "/rooms", by=token, json={"type": "direct"})).json["type"] == "direct"


async def test_those_who_do_not_exist_are_left_out_of_a_new_room(house: House) -> None:
    token, owner = await house.person("owner")
    _, guest = await house.person("guest")
    ids = [str(guest.id), NOBODY, "no id at all", "", "local:1", str(owner.id), str(guest.id).upper()]
    answer = await house.call("POST", "/rooms", by=token, json={"memberUserIds": ids})
    assert answer.json["membersCount"] == 2


async def test_only_ones_own_rooms_are_listed(house: House) -> None:
    _, owner = await house.person("owner")
    token, _ = await house.person("other")
    await house.room(owner)
    assert (await house.call("GET", "/rooms", by=token)).json == []


async def test_members_are_listed_with_role_and_presence(house: House) -> None:
    token, owner = await house.person("owner")
    _, guest = await house.person("guest")
    room_id = await house.room(owner, guest)
    await house.presence.arrive(guest.id, "socket")
    answer = await house.call("GET", f"/rooms/{room_id}/members", by=token)
    common = {
        "lastSeenAt": None,
        "department": None,
        "avatarUrl": None,
        "joinedAt": "2020-01-02T03:04:05.678Z",
        "lastReadSeq": 0,
        "isBot": False,
    }
    assert answer.json == [
        {"id": str(owner.id), "email": "owner@local", "name": "owner", "role": "owner", "isOnline": False, **common},
        {"id": str(guest.id), "email": "guest@local", "name": "guest", "role": "member", "isOnline": True, **common},
    ]


async def test_any_member_may_add_people(house: House) -> None:
    _, owner = await house.person("owner")
    token, guest = await house.person("guest")
    _, new = await house.person("new")
    room_id = await house.room(owner, guest)
    house.recorder.events.clear()
    ids = [str(new.id), str(owner.id), NOBODY, "sys:1", "sys:2", str(new.id)]
    answer = await house.call("POST", f"/rooms/{room_id}/members", by=token, json={"userIds": ids})
    assert (answer.status, answer.json) == (200, {"ok": True, "added": 1, "skipped": 4})
    assert house.recorder.of(MemberAdded) == [MemberAdded(room_id, new.id, "new")]
    assert [(added.user_ids, added.summary.members_count) for added in house.recorder.of(RoomAdded)] == [((new.id,), 3)]
    again = await house.call("POST", f"/rooms/{room_id}/members", by=token, json={"userIds": [str(new.id)]})
    assert again.json == {"ok": True, "added": 0, "skipped": 1}
    assert len(house.recorder.events) == 2


@pytest.mark.parametrize("body", [None, b"{}", b'{"userIds":[]}', b'{"userIds":null}', b'{"userids":["x"]}'])
async def test_an_invitation_names_somebody(house: House, body: bytes | None) -> None:
    token, owner = await house.person("owner")
    room_id = await house.room(owner)
    before = house.kept()
    answer = await house.call("POST", f"/rooms/{room_id}/members", by=token, data=body)
    assert answer.outcome == (400, "USER_IDS_REQUIRED")
    assert house.kept() == before


@pytest.mark.parametrize("ids", [[NOBODY], ["local:1"], ["", "\x00", "😀"]])
async def test_an_invitation_names_somebody_who_exists(house: House, ids: list[str]) -> None:
    token, owner = await house.person("owner")
    room_id = await house.room(owner)
    before = house.kept()
    answer = await house.call("POST", f"/rooms/{room_id}/members", by=token, json={"userIds": ids})
    assert answer.outcome == (400, "NO_VALID_USERS")
    assert house.kept() == before


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "members", None),
        ("POST", "members", {"userIds": ["local:1"]}),
        ("POST", "members", {"userIds": [NOBODY]}),
        ("GET", "messages", None),
        ("GET", "messages?beforeId=local:1", None),
        ("GET", f"messages?beforeId={NOBODY}", None),
    ],
)
async def test_who_is_no_member_is_told_nothing_of_the_room(
    house: House, exists: bool, method: str, path: str, body: object
) -> None:
    _, owner = await house.person("owner")
    token, _ = await house.person("stranger")
    room_id = await house.room(owner) if exists else RoomId(UUID(int=1))
    before = house.kept()
    answer = await house.call(method, f"/rooms/{room_id}/{path}", by=token, json=body)
    assert answer.outcome == (403, "FORBIDDEN")
    assert answer.json["message"] == "You are not a member of this room."
    assert house.kept() == before
