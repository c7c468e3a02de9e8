"""Calls: who is in one, and what helps devices to find each other."""

from aiohttp import web

from adapters.http.answers import answer
from adapters.http.keys import CALLS, ICE_SERVERS, actor_of
from adapters.http.operations import operation
from adapters.http.parameters import room_id_of
from adapters.wire.call_shapes import call_json, ice_servers_json
from adapters.wire.schemas.calls import CurrentCall, IceServers


@operation("The call that there is in a room.", answer=CurrentCall)
async def call(request: web.Request) -> web.Response:
    found = await request.app[CALLS].current(actor_of(request), room_id_of(request))
    return answer({"call": None if found is None else call_json(found)})


@operation("Servers by which devices find each other.", answer=IceServers)
async def ice_servers(request: web.Request) -> web.Response:
    servers = request.app[ICE_SERVERS]
    return answer({"iceServers": ice_servers_json(servers.of(actor_of(request))), "ttl": servers.good_for})


def routes() -> list[web.RouteDef]:
    return [web.get("/rooms/{room_id:[^/]+}/call", call), web.get("/rtc/ice-servers", ice_servers)]
