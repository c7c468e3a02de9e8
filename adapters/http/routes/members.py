"""What members of a room may do to one another."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import ROLES, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import room_id_of, user_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.rooms import RoleChange
from adapters.wire.schemas.rooms import RoleGiven
from adapters.wire.schemas.values import Done
from domain.errors import AdminOnly, DirectRoom, NotFound, OwnerCannotLeave, OwnerOnly


@operation(
    "Give somebody a role; handing over ownership makes the owner an admin.",
    body=RoleChange,
    answer=RoleGiven,
    errors=(DirectRoom, NotFound, OwnerOnly),
)
async def give_role(request: web.Request) -> web.Response:
    room_id, user_id = room_id_of(request), user_id_of(request)
    body = await body_of(request, RoleChange)
    await request.app[ROLES].give(actor_of(request), room_id, user_id, body.role)
    return answer({"ok": True, "userId": user_id, "role": body.role.value})


@operation(
    "Take somebody out of the room.", answer=Done, errors=(AdminOnly, DirectRoom, NotFound, OwnerCannotLeave, OwnerOnly)
)
async def remove(request: web.Request) -> web.Response:
    await request.app[ROLES].remove(actor_of(request), room_id_of(request), user_id_of(request))
    return answer({"ok": True})


def routes() -> list[web.RouteDef]:
    member = "/rooms/{room_id:[^/]+}/members/{user_id:[^/]+}"
    return [web.patch(member, give_role), web.delete(member, remove)]
