"""Rooms and who is in them."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import ROOMS, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import id_or_nobody, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.rooms import Invitation, NewRoom, RoomChange
from adapters.wire.schemas.rooms import Invited, Member, Room
from adapters.wire.schemas.values import Done
from adapters.wire.shapes import member_json, room_json
from domain.errors import AdminOnly, DirectRoom, NoValidUsers, OwnerCannotLeave, OwnerOnly, UserIdsRequired
from domain.ids import UserId
from domain.rooms import RoomType


@operation("One's rooms, with the newest talk first.", answer=list[Room])
async def mine(request: web.Request) -> web.Response:
    return answer([room_json(summary) for summary in await request.app[ROOMS].mine(actor_of(request))])


@operation(
    "Open a room; a direct one with the same person is the one that there is.",
    body=NewRoom,
    answer=Room,
    errors=(NoValidUsers,),
)
async def create(request: web.Request) -> web.Response:
    body = await body_of(request, NewRoom)
    summary = await request.app[ROOMS].create(
        actor_of(request), body.title, type=body.type or RoomType.GROUP, member_ids=_people(body.member_user_ids)
    )
    return answer(room_json(summary))


@operation("One room.", answer=Room)
async def find(request: web.Request) -> web.Response:
    return answer(room_json(await request.app[ROOMS].find(actor_of(request), room_id_of(request))))


@operation("Give the room another title.", body=RoomChange, answer=Room, errors=(AdminOnly, DirectRoom, OwnerOnly))
async def change(request: web.Request) -> web.Response:
    actor, room_id = actor_of(request), room_id_of(request)
    body = await body_of(request, RoomChange)
    await request.app[ROOMS].rename(actor, room_id, body.title)
    return answer(room_json(await request.app[ROOMS].find(actor, room_id)))


@operation("Leave the room; the last one out deletes it.", answer=Done, errors=(DirectRoom, OwnerCannotLeave))
async def leave(request: web.Request) -> web.Response:
    await request.app[ROOMS].leave(actor_of(request), room_id_of(request))
    return answer({"ok": True})


@operation("Delete the room and everything in it.", answer=Done, errors=(DirectRoom, OwnerOnly))
async def delete(request: web.Request) -> web.Response:
    await request.app[ROOMS].delete(actor_of(request), room_id_of(request))
    return answer({"ok": True})


@operation("Who is in the room.", answer=list[Member])
async def members(request: web.Request) -> web.Response:
    present = await request.app[ROOMS].members(actor_of(request), room_id_of(request))
    return answer([member_json(member) for member in present])


@operation("Bring people in.", body=Invitation, answer=Invited, errors=(DirectRoom, NoValidUsers, UserIdsRequired))
async def invite(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, Invitation)
    invited = await request.app[ROOMS].invite(actor_of(request), room_id, _people(body.user_ids))
    return answer({"ok": True, "added": invited.added, "skipped": invited.skipped})


def _people(names: list[str] | None) -> list[UserId]:
    return [UserId(id_or_nobody(name)) for name in names or ()]


def routes() -> list[web.RouteDef]:
    room = "/rooms/{room_id:[^/]+}"
    return [
        web.get("/rooms", mine),
        web.post("/rooms", create),
        web.get(room, find),
        web.patch(room, change),
        web.delete(room, delete),
        web.post(f"{room}/leave", leave),
        web.get(f"{room}/members", members),
        web.post(f"{room}/members", invite),
    ]
