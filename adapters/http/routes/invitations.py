"""Coming into rooms by a link."""

from datetime import timedelta

from aiohttp import web

from adapters.http.addresses import client_address
from adapters.http.answers import answer
from adapters.http.keys import DOORS, PROXIES, THROTTLE, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import id_of, room_id_of
from adapters.http.schemas.body import body_of
from adapters.http.schemas.invitations import NewInvitation
from adapters.http.schemas.sign_in import Link
from adapters.wire.account_shapes import foretaste_json, invitation_json
from adapters.wire.schemas.accounts import Foretaste, NewRoomInvitation, RoomInvitation
from adapters.wire.schemas.rooms import Room
from adapters.wire.schemas.values import Done
from adapters.wire.shapes import room_json
from application.invitations import LASTS, LASTS_AT_MOST
from domain.errors import AdminOnly, DirectRoom, InvitationInvalid, NotFound, OwnerOnly
from domain.ids import InvitationId

OPEN = ("/invitations/preview",)
"""Where nobody is asked who they are."""


@operation("Invite by a link.", body=NewInvitation, answer=NewRoomInvitation, errors=(DirectRoom, OwnerOnly))
async def create(request: web.Request) -> web.Response:
    room_id = room_id_of(request)
    body = await body_of(request, NewInvitation)
    new = await request.app[DOORS].invitations.create(
        actor_of(request), room_id, role=body.role, lasts=_lasting(body.expires_in_hours), most_uses=body.max_uses
    )
    return answer({**invitation_json(new.invitation), "url": new.link, "token": new.secret})


@operation("The links that are good.", answer=list[RoomInvitation])
async def of_room(request: web.Request) -> web.Response:
    found = await request.app[DOORS].invitations.of_room(actor_of(request), room_id_of(request))
    return answer([invitation_json(invitation) for invitation in found])


@operation("Take a link back.", answer=Done, errors=(AdminOnly, NotFound, OwnerOnly))
async def withdraw(request: web.Request) -> web.Response:
    invitation_id = InvitationId(id_of(request, "invitation_id", "invitationId"))
    await request.app[DOORS].invitations.withdraw(actor_of(request), room_id_of(request), invitation_id)
    return answer({"ok": True})


@operation("What a link leads to.", body=Link, answer=Foretaste, errors=(InvitationInvalid,))
async def preview(request: web.Request) -> web.Response:
    await request.app[THROTTLE].sign_in(client_address(request, request.app[PROXIES]))
    body = await body_of(request, Link)
    return answer(foretaste_json(await request.app[DOORS].invitations.look_at(body.token)))


@operation("Come in by a link.", body=Link, answer=Room, errors=(DirectRoom, InvitationInvalid))
async def accept(request: web.Request) -> web.Response:
    body = await body_of(request, Link)
    return answer(room_json(await request.app[DOORS].invitations.accept(actor_of(request), body.token)))


def _lasting(hours: float | None) -> timedelta:
    if hours is None:
        return LASTS
    # What is too long, or no number, is refused by the use case, as long as it can be told at all.
    return timedelta(hours=hours) if abs(hours) < 1e6 else LASTS_AT_MOST * 2


def routes() -> list[web.RouteDef]:
    return [
        web.post("/rooms/{room_id:[^/]+}/invitations", create),
        web.get("/rooms/{room_id:[^/]+}/invitations", of_room),
        web.delete("/rooms/{room_id:[^/]+}/invitations/{invitation_id:[^/]+}", withdraw),
        web.post("/invitations/preview", preview),
        web.post("/invitations/accept", accept),
    ]
